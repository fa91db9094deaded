"""A page of consents that was open for a while changes only what its reader changed: what was taken back stays so."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from apps.patients import aggregate, agreeing, commands, consent, selectors
from apps.patients.aggregate import Patient, PatientUnknown
from apps.patients.consent import ConsentText
from apps.patients.events import PURPOSES, ConsentGiven, PatientRegistered
from tests.apps.practice import Practice

BEGUN = aggregate.replay([PatientRegistered(name="Ada", label="Patient 001")])
purposes = st.frozensets(st.sampled_from(PURPOSES))


def hidden(client: Client, page: str, action: str) -> dict[str, Any]:
    """What the page's form carries beside its boxes."""
    [form] = re.findall(rf'<form[^>]*action="{action}".*?</form>', client.get(page).content.decode(), re.DOTALL)
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    return {name: value for name, value in fields if not name.startswith("csrf")}


def take_back(practice: Practice, purpose: str) -> None:
    who = practice.patient
    commands.withdraw_consent(who.id, purpose=purpose, actor=who.actor, command_id=uuid4())


def agreed(practice: Practice) -> set[str]:
    return set(selectors.now(practice.own()).consents)


@pytest.mark.parametrize(
    ("page", "action"),
    [("/me/", "/me/consent/"), ("/session/", "/session/consent/"), ("/session/", "/session/start/")],
)
def test_a_page_that_was_open_since_gives_nothing_back_that_was_taken_back(
    practice: Practice, page: str, action: str
) -> None:
    client = practice.browser(practice.patient)
    client.post("/me/consent/", {"consent": ["camera", "research"]})
    carried = hidden(client, page, "/me/consent/" if page == "/me/" else "/session/consent/")
    take_back(practice, "research")
    client.post(action, {"consent": ["camera", "images", "research"], **carried})
    assert agreed(practice) == {"camera", "images"}
    client.post(action, {"consent": ["images"], **carried})
    assert agreed(practice) == {"images"}


def test_the_page_says_when_not_all_stands_as_it_was_ticked(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    client.post("/me/consent/", {"consent": ["research"]})
    carried = hidden(client, "/me/", "/me/consent/")
    take_back(practice, "research")
    said = client.post("/me/consent/", {"consent": ["research"], **carried}, follow=True).content.decode()
    assert "changed elsewhere" in said
    again = hidden(client, "/me/", "/me/consent/")
    said = client.post("/me/consent/", {"consent": ["research"], **again}, follow=True).content.decode()
    assert "What you agree to is saved" in said
    assert agreed(practice) == {"research"}


def test_what_is_kept_is_the_version_of_the_text_that_was_on_the_page(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = practice.browser(practice.patient)
    carried = hidden(client, "/me/", "/me/consent/")
    newer = ConsentText(purpose="camera", version=2, title="t", explanation="e", without="w")
    monkeypatch.setattr(consent, "TEXTS", (*consent.TEXTS, newer))
    monkeypatch.setattr(consent, "CURRENT", {**consent.CURRENT, "camera": newer})
    client.post("/me/consent/", {"consent": ["camera"], **carried})
    assert selectors.now(practice.own()).consents == {"camera": 1}
    client.post("/me/consent/", {"consent": ["camera"]})
    assert selectors.now(practice.own()).consents == {"camera": 2}
    client.post("/me/consent/", {"consent": ["camera"], **carried})
    assert selectors.now(practice.own()).consents == {"camera": 2}, "nobody unreads the newer text"


def with_consents(given: frozenset[str]) -> Patient:
    consents = [ConsentGiven(purpose=one, text_version=1) for one in sorted(given)]
    return aggregate.replay([PatientRegistered(name="Ada", label="Patient 001"), *consents])


@given(seen=purposes, now=purposes, ticked=purposes)
def test_only_what_differs_from_what_was_seen_is_changed(
    seen: frozenset[str], now: frozenset[str], ticked: frozenset[str]
) -> None:
    events = agreeing.agree(with_consents(now), ticked=dict.fromkeys(ticked, 1), seen=with_consents(seen))
    changed = {getattr(one, "purpose", "") for one in events}
    assert changed <= ticked ^ seen
    given_now = {one.purpose for one in events if isinstance(one, ConsentGiven)}
    assert given_now == ticked - seen - now
    assert changed - given_now == (seen - ticked) & now


@given(now=purposes, ticked=purposes)
def test_a_form_that_says_nothing_of_what_was_seen_sets_each_as_ticked(
    now: frozenset[str], ticked: frozenset[str]
) -> None:
    events = agreeing.agree(with_consents(now), ticked=dict.fromkeys(ticked, 1))
    assert {getattr(one, "purpose", "") for one in events} == ticked ^ now


def test_nobody_unknown_agrees_to_anything() -> None:
    with pytest.raises(PatientUnknown):
        agreeing.agree(Patient(), ticked={"camera": 1})
    assert agreeing.agree(BEGUN, ticked={}) == []
