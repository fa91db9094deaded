"""Signed out in the middle of a form: signing in leads to the page on which the form stood, never to its address."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.urls.converters import UUIDConverter

from access import routes
from access.roles import Role
from access.routes import NO
from tests.access.test_routes import url_patterns
from tests.apps.practice import Practice

HOST = "http://testserver"
STOOD_ON = {
    Role.PATIENT: "/me/preferences/",
    Role.PROVIDER: "/alerts/?after=1",
    Role.ADMINISTRATOR: "/treating/",
}


def form_addresses() -> Iterator[tuple[str, str, Role]]:
    """Each page route that only takes forms: its name, an address of it, and somebody who may send one there."""
    for name, pattern in url_patterns():
        row = routes.row_for(name)
        if row.public or "GET" in row.methods:
            continue
        made = {
            key: uuid4() if isinstance(kind, UUIDConverter) else "text"
            for key, kind in pattern.pattern.converters.items()
        }
        address = reverse(name, kwargs=made)
        if not address.startswith("/api/"):
            yield name, address, next(role for role in STOOD_ON if row.reach(role) is not NO)


ADDRESSES = list(form_addresses())


def led_to(answer) -> str:
    assert answer.status_code == 302
    asked = urlsplit(answer["Location"])
    assert asked.path == "/sign-in/"
    return parse_qs(asked.query)["next"][0]


def test_there_are_forms_to_try() -> None:
    assert {"providers:acknowledge", "patients:triggers", "accounts:hand_over"} <= {name for name, _, _ in ADDRESSES}


def test_a_form_sent_while_signed_out_leads_back_to_the_page_it_stood_on(practice: Practice, seal_now) -> None:
    seal_now()
    people = {
        Role.PATIENT: practice.patient,
        Role.PROVIDER: practice.provider,
        Role.ADMINISTRATOR: practice.administrator,
    }
    browsers = {role: practice.browser(person) for role, person in people.items()}
    wrong = []
    for name, address, role in ADDRESSES:
        following = led_to(Client().post(address, headers={"Referer": HOST + STOOD_ON[role]}))
        if following != STOOD_ON[role] or browsers[role].get(following).status_code != 200:
            wrong.append(f"{name}: {following}")
        if browsers[role].get(address).status_code != 405:
            wrong.append(f"{name} is declared for forms alone, and opens")
    assert wrong == []


@pytest.mark.parametrize(
    "referer",
    [
        None,
        "https://elsewhere.example/alerts/",
        f"{HOST}/patients/{uuid4()}/care/goals/",
        f"{HOST}/nothing/here/",
        "//x",
    ],
    ids=["none", "another site", "a form's own address", "no page", "malformed"],
)
def test_without_a_page_to_go_back_to_it_is_the_start(db: None, referer: str | None) -> None:
    headers = {"Referer": referer} if referer else {}
    assert led_to(Client().post(f"/patients/{uuid4()}/alerts/{uuid4()}/", headers=headers)) == "/"


def test_the_address_of_a_form_is_no_page_to_come_back_to(db: None) -> None:
    assert led_to(Client().get(f"/patients/{uuid4()}/alerts/{uuid4()}/")) == "/"
    assert led_to(Client().get("/alerts/?after=1")) == "/alerts/?after=1"


def test_a_browser_that_lost_all_its_cookies_is_asked_to_sign_in(db: None) -> None:
    browser = Client(enforce_csrf_checks=True)
    sent = browser.post(f"/patients/{uuid4()}/alerts/{uuid4()}/", headers={"Referer": f"{HOST}/alerts/"})
    assert led_to(sent) == "/alerts/"


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_page_older_than_the_sign_in_says_what_became_of_it(practice: Practice, signed_in: bool) -> None:
    browser = Client(enforce_csrf_checks=True)
    if signed_in:
        browser.force_login(practice.provider)
    refused = browser.post("/invitations/" if signed_in else "/sign-in/", {})
    assert refused.status_code == 403
    assert "Nothing was saved" in refused.content.decode()
    assert "not for your account" not in refused.content.decode()
