"""By the API, too, what a program saw travels with what it sends: lists are merged, a plan that changed is refused."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client

from apps.patients import commands, consent, selectors
from apps.patients.consent import ConsentText
from apps.patients.events import PlanSet
from apps.patients.models import SEALED, PatientRow
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.practice import Practice
from vault import columns

JSON = "application/json"
Seal = Callable[[], None]


def put(client: Client, practice: Practice, what: str, **body: Any) -> Any:
    return client.put(f"/api/v1/patients/{practice.patient.id}/{what}/", body, JSON)


def version_in_log(practice: Practice) -> int:
    return store.version_of(StreamName("patient", practice.patient.id))


def test_what_the_patient_added_while_the_clinician_had_the_lists_open_stays(
    practice: Practice, seal_now: Seal
) -> None:
    care, own = practice.browser(practice.provider), practice.browser(practice.patient)
    seal_now()
    known = care.get(f"/api/v1/patients/{practice.patient.id}/").json()["version"]
    added = put(own, practice, "triggers", triggers=["heights", "water"], words=["lifts"], seen=known).json()
    merged = put(care, practice, "triggers", triggers=[], words=["clowns"], seen=known).json()
    assert (set(merged["triggers"]), set(merged["words"])) == ({"heights", "water"}, {"lifts", "clowns"})
    assert merged["version"] == version_in_log(practice) == added["version"] + 1
    put(own, practice, "preferences", liked_places=["the sea"], goals=["sleep better"], seen=merged["version"])
    taken = put(care, practice, "triggers", triggers=["water"], words=["clowns"], seen=merged["version"]).json()
    assert (taken["triggers"], taken["words"]) == (["water"], ["clowns"])
    now = put(care, practice, "preferences", liked_places=[], goals=["see friends"], seen=merged["version"]).json()
    assert (now["liked_places"], now["goals"]) == (["the sea"], ["sleep better", "see friends"])


@pytest.mark.parametrize("seen", [{}, {"seen": None}])
def test_who_does_not_say_what_they_saw_replaces(practice: Practice, seen: dict[str, None]) -> None:
    put(practice.browser(practice.patient), practice, "triggers", triggers=["water"], words=["lifts"])
    care = practice.browser(practice.provider)
    now = put(care, practice, "triggers", triggers=[], words=["clowns"], **seen).json()
    assert (now["triggers"], now["words"]) == ([], ["clowns"])


def test_what_was_seen_is_what_was_shown_though_more_is_in_the_log(practice: Practice, seal_now: Seal) -> None:
    """The facts come from a row that may be behind: the version that comes with them is the row's, not the log's."""
    seal_now()
    own = practice.browser(practice.patient)
    put(own, practice, "triggers", triggers=["water"], words=[])
    shown = own.get(f"/api/v1/patients/{practice.patient.id}/").json()
    assert (shown["triggers"], shown["version"]) == ([], version_in_log(practice) - 1)
    kept = put(own, practice, "triggers", triggers=["dark"], words=[], seen=shown["version"]).json()
    assert set(kept["triggers"]) == {"water", "dark"}


def test_a_plan_that_someone_changed_meanwhile_is_refused_until_it_is_read(practice: Practice) -> None:
    care = practice.browser(practice.provider)
    address = f"/api/v1/patients/{practice.patient.id}/plan/"
    known = care.get(address).json()["version"]
    assert put(care, practice, "plan", note="first", seen=known).status_code == 200
    stale = put(care, practice, "plan", note="from an older copy", seen=known)
    assert (stale.status_code, stale.json()["code"]) == (409, "changed_elsewhere")
    assert plans(practice) == ["first"]
    again = put(care, practice, "plan", note="read again", seen=care.get(address).json()["version"]).json()
    assert (again["note"], again["version"]) == ("read again", version_in_log(practice))


def test_a_plan_may_be_sent_back_as_it_was_read(practice: Practice) -> None:
    care = practice.browser(practice.provider)
    read = care.get(f"/api/v1/patients/{practice.patient.id}/plan/").json()
    put(care, practice, "plan", note="first")
    assert put(care, practice, "plan", **(read | {"note": "replaced"})).status_code == 200
    assert plans(practice) == ["first", "replaced"]


@pytest.mark.parametrize(
    ("what", "body", "wrong"),
    [
        ("triggers", {"triggers": ["water"], "word": ["clowns"]}, "word"),
        ("triggers", {"triggers": ["water"], "version": 1}, "version"),
        ("triggers", {"triggers": ["water"], "seen": -1}, "seen"),
        ("triggers", {"triggers": ["water"], "seen": "the last"}, "seen"),
        ("preferences", {"goal": ["sleep better"]}, "goal"),
        ("plan", {"most_picture": 3}, "most_picture"),
        ("consents/camera", {"given": True, "seen": 1}, "seen"),
        ("consents/camera", {"given": True, "version": 2}, "version"),
        ("consents/camera", {"given": True, "version": "new"}, "version"),
    ],
)
def test_what_is_not_a_field_or_no_version_is_refused_and_nothing_is_written(
    practice: Practice, what: str, body: dict[str, Any], wrong: str
) -> None:
    before = version_in_log(practice)
    who = practice.provider if what == "plan" else practice.patient
    answer = put(practice.browser(who), practice, what, **body)
    assert (answer.status_code, answer.json()["code"], list(answer.json()["errors"])) == (400, "invalid", [wrong])
    assert version_in_log(practice) == before


def test_a_consent_is_kept_in_the_version_of_its_text_that_was_read(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = ConsentText(purpose="camera", version=2, title="t", explanation="e", without="w")
    monkeypatch.setattr(consent, "TEXTS", (*consent.TEXTS, newer))
    own = practice.browser(practice.patient)
    assert put(own, practice, "consents/camera", given=True, version=1).json() == {"consents": ["camera"]}
    assert selectors.now(practice.own()).consents == {"camera": 1}
    assert put(own, practice, "consents/camera", given=True, version=2).status_code == 200
    assert selectors.now(practice.own()).consents == {"camera": 2}
    assert put(own, practice, "consents/camera", given=False, version=9).json() == {"consents": []}


def test_replaying_the_log_gives_the_versions_that_live_projecting_gave(practice: Practice, seal_now: Seal) -> None:
    who, actor = practice.patient.id, practice.patient.actor
    commands.give_consent(who, purpose="camera", actor=actor, command_id=uuid4())
    commands.set_triggers(who, tags=["dark"], words=["x"], actor=actor, command_id=uuid4())
    commands.withdraw_consent(who, purpose="camera", actor=actor, command_id=uuid4())
    seal_now()
    live = kept(practice)
    assert live == selectors.now(practice.own()).version == version_in_log(practice)
    call_command("rebuild", "patients.patient")
    seal_now()
    assert kept(practice) == live


def test_a_row_of_before_says_no_version(practice: Practice, seal_now: Seal) -> None:
    seal_now()
    row = PatientRow.objects.get(patient_id=practice.patient.id)
    facts = columns.open(row.patient_id, bytes(row.sealed), column=SEALED)
    del facts["version"]
    sealed = columns.seal(row.patient_id, facts, column=SEALED)
    PatientRow.objects.filter(patient_id=row.patient_id).update(sealed=sealed)
    shown = practice.browser(practice.patient).get(f"/api/v1/patients/{row.patient_id}/").json()
    assert shown["version"] is None


def kept(practice: Practice) -> int:
    row = PatientRow.objects.get(patient_id=practice.patient.id)
    return int(columns.open(row.patient_id, bytes(row.sealed), column=SEALED)["version"])


def plans(practice: Practice) -> list[str]:
    found = store.read(StreamName("patient", practice.patient.id))
    return [one.event.note for one in found if isinstance(one.event, PlanSet)]
