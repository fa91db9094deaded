"""A patient's record on the real store: kept, changed at will, erased for good."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from access.door import Right
from apps.assessments import commands as assessments
from apps.assessments.models import AssessmentRow
from apps.patients import commands, selectors
from apps.patients.aggregate import AlreadyRegistered, PatientUnknown
from apps.patients.events import PatientErased
from apps.patients.models import SEALED, PatientRow
from apps.providers.models import CaseloadRow
from eventstore import store
from eventstore.models import Follower
from eventstore.recorded import Tombstone
from eventstore.stream import StreamName
from tests.apps.practice import Practice
from vault import cache, columns, keys
from vault.errors import SubjectErased

Seal = Callable[[], None]


def test_consents_triggers_and_preferences_stand_as_last_said(practice: Practice, seal_now: Seal) -> None:
    who, actor = practice.patient.id, practice.patient.actor
    commands.give_consent(who, purpose="camera", actor=actor, command_id=uuid4())
    commands.give_consent(who, purpose="images", actor=actor, command_id=uuid4())
    commands.withdraw_consent(who, purpose="camera", actor=actor, command_id=uuid4())
    commands.set_triggers(who, tags=["water"], words=["clowns"], actor=actor, command_id=uuid4())
    commands.set_preferences(who, liked_places=["lakes"], goals=["sleep"], actor=actor, command_id=uuid4())
    seal_now()
    assert selectors.consents(who) == {"images"}
    assert selectors.triggers(who) == ("water", "clowns")
    assert (selectors.wishes(who).places, selectors.wishes(who).goals) == (("lake",), ("rest",))
    found = selectors.get_patient(practice.own(Right.VIEW_OWN))
    assert (found.name, found.label, found.goals) == ("Ada Canary", "Patient 014", ("sleep",))


def test_what_is_taken_back_or_left_out_counts_before_any_projection_has_seen_it(
    practice: Practice, seal_now: Seal
) -> None:
    who, actor = practice.patient.id, practice.patient.actor
    commands.give_consent(who, purpose="images", actor=actor, command_id=uuid4())
    seal_now()
    commands.withdraw_consent(who, purpose="images", actor=actor, command_id=uuid4())
    commands.set_triggers(who, tags=["water"], words=[], actor=actor, command_id=uuid4())
    assert selectors.consents(who) == frozenset()
    assert selectors.triggers(who) == ("water",)


def test_who_asks_again_and_again_opens_the_log_only_where_it_grew(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, actor = practice.patient.id, practice.patient.actor
    commands.give_consent(who, purpose="images", actor=actor, command_id=uuid4())
    first = selectors.agreed(who)
    with monkeypatch.context() as unread:
        unread.setattr(selectors.store, "read", None)
        assert selectors.agreed(who, first) is first
    commands.withdraw_consent(who, purpose="images", actor=actor, command_id=uuid4())
    assert (first.consents, selectors.agreed(who, first).consents) == ({"images"}, frozenset())


def test_someone_unknown_agreed_to_nothing_and_may_not_be_painted_for(practice: Practice) -> None:
    assert selectors.consents(uuid4()) == frozenset()
    with pytest.raises(PatientUnknown):
        selectors.triggers(uuid4())


def test_a_patient_is_registered_once_and_a_repeated_command_is_the_same_one(practice: Practice) -> None:
    command_id, new = uuid4(), uuid4()
    for _ in range(2):
        assert commands.register(new, name="Cy", actor=practice.provider.actor, command_id=command_id) == 1
    with pytest.raises(AlreadyRegistered):
        commands.register(new, name="Cy", actor=practice.provider.actor, command_id=uuid4())


def test_replaying_the_log_gives_the_rows_that_live_projecting_gave(practice: Practice, seal_now: Seal) -> None:
    who, actor = practice.patient.id, practice.patient.actor
    commands.give_consent(who, purpose="camera", actor=actor, command_id=uuid4())
    commands.set_triggers(who, tags=["dark"], words=["x"], actor=actor, command_id=uuid4())
    seal_now()
    live = rows()
    call_command("rebuild", "patients.patient")
    seal_now()
    assert len(live) == 2
    assert rows() == live


def test_erasing_leaves_a_line_in_the_log_and_nothing_to_read(practice: Practice, seal_now: Seal) -> None:
    practice.fill({9: 2})
    seal_now()
    who = practice.patient.id
    for _ in range(2):
        erase(practice, str(who))
    seal_now()
    assert not PatientRow.objects.filter(patient_id=who).exists()
    assert not AssessmentRow.objects.filter(patient_id=who).exists()
    assert not CaseloadRow.objects.filter(patient_id=who).exists()
    assert PatientRow.objects.filter(patient_id=practice.other.id).exists()
    *before, last = store.read(StreamName("patient", who))
    assert all(isinstance(recorded.event, Tombstone) for recorded in before)
    assert isinstance(last.event, PatientErased)
    assert last.event.reason == "asked for it"
    with pytest.raises(SubjectErased):
        commands.give_consent(who, purpose="camera", actor=practice.patient.actor, command_id=uuid4())


def test_what_a_patient_goes_on_writing_while_they_are_erased_stops_nobodys_read_models(
    practice: Practice, seal_now: Seal
) -> None:
    """A process that serves the patient may seal with a key from its cache for seconds after the erasure."""
    who, form = practice.patient.id, practice.fill({9: 2}, submit=False)
    seal_now()
    key = keys.for_sealing(who)
    erase(practice, str(who))
    seal_now()
    cache.keep([key], newest=True)
    assessments.submit(who, form, as_it_is=False, actor=practice.patient.actor, command_id=uuid4())
    cache.keep([key], newest=True)
    seal_now()
    assert not Follower.objects.filter(status=Follower.Status.STOPPED).exists()
    assert not CaseloadRow.objects.filter(patient_id=who).exists()
    assert not AssessmentRow.objects.filter(patient_id=who).exists()


@pytest.mark.parametrize(
    ("named", "approver", "status"),
    [("nobody", "administrator", 2), (str(uuid4()), "administrator", 1), ("patient", "provider", 1)],
)
def test_only_an_administrator_erases_and_only_someone_who_is_there(
    practice: Practice, named: str, approver: str, status: int
) -> None:
    wanted = str(practice.patient.id) if named == "patient" else named
    with pytest.raises(CommandError) as refused:
        erase(practice, wanted, approver=approver)
    assert refused.value.returncode == status
    assert selectors.now(practice.own(Right.VIEW_OWN)).name == "Ada Canary"


def erase(practice: Practice, patient_id: str, *, approver: str = "administrator") -> None:
    by: Any = getattr(practice, approver)
    call_command("erase_patient", patient_id, reason="asked for it", approved_by=str(by.id))


def rows() -> list[tuple[object, ...]]:
    return [
        (row.patient_id, row.registered_at, columns.open(row.patient_id, row.sealed, column=SEALED))
        for row in PatientRow.objects.order_by("patient_id")
    ]
