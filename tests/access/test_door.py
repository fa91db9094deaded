"""The door: who gets in, and what it leaves behind."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.http import Http404
from django.utils import timezone

from access import caseload, context, grants
from access.context import WrongAsker, asking
from access.door import Purpose, Relation, Right, open_caseload, open_patient, recheck
from access.events import RecordsAsked
from apps.accounts.commands import close_account
from eventstore import store
from eventstore.actor import Actor
from eventstore.stream import StreamName

ADMIN = Actor.system("test")


def trail_of(actor: Actor) -> list[RecordsAsked]:
    return [recorded.event for recorded in store.read(StreamName("access", actor.id))]


def opened(actor: Actor, patient_id: UUID, right: Right, why: Purpose) -> bool:
    try:
        open_patient(actor, patient_id, to=right, why=why)
    except Http404:
        return False
    return True


def test_a_provider_opens_the_chart_of_a_patient_on_the_caseload(clinic) -> None:
    permit = open_patient(clinic.actor("provider"), clinic.id("patient"), to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    assert (permit.patient_id, permit.right, permit.relation) == (
        clinic.id("patient"),
        Right.VIEW_CHART,
        Relation.ASSIGNED,
    )


def test_absent_and_forbidden_raise_the_same(clinic) -> None:
    messages = []
    for patient_id in (clinic.id("other_patient"), uuid4()):
        with pytest.raises(Http404) as refusal:
            open_patient(clinic.actor("provider"), patient_id, to=Right.VIEW_CHART, why=Purpose.TREATMENT)
        messages.append(refusal.value.args)
    assert messages[0] == messages[1]


def test_absent_and_forbidden_ask_the_database_the_same(clinic, django_assert_num_queries) -> None:
    from access.relations import relation_between

    for patient_id in (clinic.id("patient"), clinic.id("other_patient"), uuid4()):
        with django_assert_num_queries(1):
            relation_between(clinic.actor("provider"), patient_id, Right.VIEW_CHART)


@pytest.mark.parametrize(("name", "allowed"), [("patient", True), ("other_patient", False), ("provider", False)])
def test_only_the_patient_runs_the_patients_session(clinic, name: str, allowed: bool) -> None:
    assert opened(clinic.actor(name), clinic.id("patient"), Right.RUN_SESSION, Purpose.SELF) is allowed


def test_an_ended_assignment_closes_the_door_at_once(clinic) -> None:
    who = clinic.actor("provider")
    permit = open_patient(who, clinic.id("patient"), to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    assert recheck(permit)
    assert caseload.end(who.id, clinic.id("patient"), actor=ADMIN) == 1
    assert not recheck(permit)
    assert not opened(who, clinic.id("patient"), Right.VIEW_CHART, Purpose.TREATMENT)


def test_a_closed_account_opens_nothing_though_an_assignment_lasts(clinic) -> None:
    who = clinic.actor("provider")
    permit = open_patient(who, clinic.id("patient"), to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    close_account(who.id, reason="left", actor=ADMIN)
    caseload.assign(who.id, clinic.id("patient"), actor=ADMIN)  # in the same moment, by somebody who did not know
    assert not recheck(permit)
    assert not opened(who, clinic.id("patient"), Right.VIEW_CHART, Purpose.TREATMENT)


def test_an_actor_who_claims_another_role_opens_nothing(clinic) -> None:
    liar = Actor(clinic.id("administrator"), "provider")
    assert not opened(liar, clinic.id("patient"), Right.VIEW_CHART, Purpose.TREATMENT)


def test_a_grant_opens_one_right_of_one_patient_until_its_end(clinic) -> None:
    who, patient = clinic.actor("outsider"), clinic.id("patient")
    grants.grant(who.id, patient, Right.VIEW_CHART, until=timezone.now() + timedelta(hours=1), actor=ADMIN)
    assert opened(who, patient, Right.VIEW_CHART, Purpose.TREATMENT)
    assert not opened(who, patient, Right.WRITE_NOTE, Purpose.TREATMENT)
    assert {permit.relation for permit in open_caseload(who, why=Purpose.TREATMENT)} == {
        Relation.GRANTED,
        Relation.ASSIGNED,
    }
    assert grants.withdraw(who.id, patient, Right.VIEW_CHART, actor=ADMIN)
    assert not opened(who, patient, Right.VIEW_CHART, Purpose.TREATMENT)


def test_a_grant_to_an_administrator_gives_nothing(clinic) -> None:
    who = clinic.actor("administrator")
    grants.grant(who.id, clinic.id("patient"), Right.VIEW_CHART, until=timezone.now() + timedelta(hours=1), actor=ADMIN)
    assert not opened(who, clinic.id("patient"), Right.VIEW_CHART, Purpose.OPERATIONS)


def test_a_right_that_is_no_clinicians_cannot_be_granted(clinic) -> None:
    with pytest.raises(grants.RightNotGrantable):
        grants.grant(
            clinic.id("outsider"), clinic.id("patient"), Right.ERASE, until=timezone.now() + timedelta(1), actor=ADMIN
        )


def test_each_opening_is_on_the_trail_refused_ones_too(clinic) -> None:
    who = clinic.actor("provider")
    opened(who, clinic.id("patient"), Right.VIEW_CHART, Purpose.TREATMENT)
    opened(who, clinic.id("other_patient"), Right.WRITE_NOTE, Purpose.TREATMENT)
    lines = [opening for asked in trail_of(who) for opening in asked.openings]
    assert [(line.patient_id, line.right, line.permitted) for line in lines] == [
        (clinic.id("patient"), "view_chart", True),
        (clinic.id("other_patient"), "write_note", False),
    ]


def test_one_request_leaves_one_event_naming_each_patient_once(clinic) -> None:
    who = clinic.actor("provider")
    with asking(who, route="patients:chart") as inquiry:
        for _ in range(3):
            opened(who, clinic.id("patient"), Right.VIEW_CHART, Purpose.TREATMENT)
        opened(who, clinic.id("other_patient"), Right.VIEW_CHART, Purpose.TREATMENT)
    (asked,) = trail_of(who)
    assert (asked.request_id, asked.route, len(asked.openings)) == (inquiry.request_id, "patients:chart", 2)


def test_a_caseload_is_one_event_that_names_all(clinic) -> None:
    who, more = clinic.actor("provider"), [uuid4() for _ in range(5)]
    for patient_id in more:
        caseload.assign(who.id, patient_id, actor=ADMIN)
    permits = open_caseload(who, why=Purpose.TREATMENT)
    assert {permit.patient_id for permit in permits} == {*more, clinic.id("patient")}
    (asked,) = trail_of(who)
    assert {line.patient_id for line in asked.openings} == {permit.patient_id for permit in permits}


def test_a_role_without_a_caseload_is_refused_one_and_that_is_on_the_trail(clinic) -> None:
    who = clinic.actor("administrator")
    with pytest.raises(Http404):
        open_caseload(who, why=Purpose.OPERATIONS)
    (asked,) = trail_of(who)
    assert [(line.patient_id, line.permitted) for line in asked.openings] == [(None, False)]


def test_work_that_fails_leaves_no_trace_but_the_trail(clinic) -> None:
    who = clinic.actor("provider")
    with pytest.raises(ZeroDivisionError), asking(who):
        opened(who, clinic.id("patient"), Right.VIEW_CHART, Purpose.TREATMENT)
        caseload.assign(who.id, (lost := uuid4()), actor=who)
        raise ZeroDivisionError
    assert caseload.providers_of(lost) == []
    assert len(trail_of(who)) == 1


def test_nothing_commits_when_the_trail_cannot_be_written(clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    who, lost = clinic.actor("provider"), uuid4()

    def full_disk(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("access.trail.store.append", full_disk)
    with pytest.raises(OSError, match="no space"), asking(who):
        opened(who, clinic.id("patient"), Right.VIEW_CHART, Purpose.TREATMENT)
        from access.models import PatientHandle

        PatientHandle.objects.create(id=lost)
    assert not PatientHandle.objects.filter(id=lost).exists()


def test_the_door_opens_for_nobody_but_who_asks(clinic) -> None:
    with asking(clinic.actor("provider")), pytest.raises(WrongAsker):
        open_patient(clinic.actor("patient"), clinic.id("patient"), to=Right.VIEW_OWN, why=Purpose.SELF)


def test_the_database_knows_who_asks_and_forgets_afterwards(clinic) -> None:
    from django.db import connection

    def asker() -> str | None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT NULLIF(current_setting('attune.actor', true), '')")
            return cursor.fetchone()[0]

    with asking(clinic.actor("provider")):
        assert asker() == str(clinic.id("provider"))
        with asking(clinic.actor("provider")) as inner:
            assert inner is context.current()
    assert context.current() is None
