"""The trail's rows: one for each patient, and kept when the record is erased."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import Http404
from django.utils import timezone

from access import caseload
from access.context import asking
from access.door import Purpose, Right, open_caseload, open_patient
from access.models import AccessRow, Assignment
from access.permit import WrongPermit
from access.projections import AccessTrail
from access.selectors import TrailFilter, accesses, accesses_of_patient, note_reading
from eventstore import store
from eventstore.actor import Actor
from eventstore.stream import StreamName

SETUP = Actor.system("test")


def test_the_rows_name_who_when_why_and_with_what_answer(committed_clinic, seal_now) -> None:
    clinic = committed_clinic
    open_patient(clinic.actor("provider"), clinic.id("patient"), to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    with pytest.raises(Http404):
        open_patient(clinic.actor("outsider"), clinic.id("patient"), to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    seal_now()
    rows = AccessRow.objects.filter(patient_id=clinic.id("patient")).order_by("id")
    assert [(row.actor_id, row.right, row.purpose, row.permitted) for row in rows] == [
        (clinic.id("provider"), "view_chart", "treatment", True),
        (clinic.id("outsider"), "view_chart", "treatment", False),
    ]


def test_a_caseload_of_many_gives_a_row_for_each(committed_clinic, seal_now) -> None:
    clinic = committed_clinic
    for _ in range(20):
        caseload.assign(clinic.id("provider"), uuid4(), actor=SETUP)
    open_caseload(clinic.actor("provider"), why=Purpose.TREATMENT)
    seal_now()
    assert AccessRow.objects.filter(actor_id=clinic.id("provider")).count() == 21


def test_a_patient_reads_who_reached_for_the_record_and_nobody_elses(committed_clinic, seal_now) -> None:
    clinic = committed_clinic
    open_patient(clinic.actor("provider"), clinic.id("patient"), to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    open_patient(clinic.actor("outsider"), clinic.id("other_patient"), to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    permit = open_patient(clinic.actor("patient"), clinic.id("patient"), to=Right.VIEW_OWN, why=Purpose.SELF)
    seal_now()
    assert {row.actor_id for row in accesses_of_patient(permit)} == {clinic.id("provider"), clinic.id("patient")}


def test_a_permit_for_a_session_shows_no_trail(clinic) -> None:
    permit = open_patient(clinic.actor("patient"), clinic.id("patient"), to=Right.RUN_SESSION, why=Purpose.SELF)
    with pytest.raises(WrongPermit):
        accesses_of_patient(permit)


def test_reading_the_trail_is_on_the_trail(committed_clinic, seal_now) -> None:
    clinic = committed_clinic
    note_reading(clinic.actor("auditor"), TrailFilter(patient_id=clinic.id("patient")), rows=3)
    seal_now()
    (row,) = accesses(TrailFilter(actor_id=clinic.id("auditor")))
    assert (row.patient_id, row.right, row.purpose, row.permitted) == (
        clinic.id("patient"),
        "view_access",
        "audit",
        True,
    )


def test_who_opens_a_record_and_reads_the_trail_in_one_request_leaves_both(committed_clinic, seal_now) -> None:
    clinic = committed_clinic
    auditor = clinic.actor("auditor")
    with asking(auditor):
        with pytest.raises(Http404):  # refused, which is on the trail as well
            open_patient(auditor, clinic.id("patient"), to=Right.MANAGE_CASELOAD, why=Purpose.OPERATIONS)
        note_reading(auditor, TrailFilter(), rows=3)
    seal_now()
    rights = {row.right for row in accesses(TrailFilter(actor_id=clinic.id("auditor")))}
    assert rights == {Right.MANAGE_CASELOAD.value, "view_access"}


def test_the_trail_is_filtered_by_actor_patient_and_day(committed_clinic, seal_now) -> None:
    clinic = committed_clinic
    open_patient(clinic.actor("provider"), clinic.id("patient"), to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    seal_now()
    today = timezone.now().date()
    assert accesses(TrailFilter(clinic.id("provider"), clinic.id("patient"), today)).count() == 1
    assert not accesses(TrailFilter(day=today - timedelta(days=1))).exists()
    assert not accesses(TrailFilter(actor_id=clinic.id("auditor"))).exists()


def test_replaying_the_trail_gives_the_same_rows(committed_clinic, seal_now) -> None:
    clinic = committed_clinic
    open_caseload(clinic.actor("provider"), why=Purpose.TREATMENT)
    with pytest.raises(Http404):
        open_patient(clinic.actor("outsider"), clinic.id("patient"), to=Right.EXPORT, why=Purpose.TREATMENT)
    note_reading(clinic.actor("auditor"), TrailFilter(), rows=0)
    seal_now()
    live = rows_of_the_trail()
    AccessRow.objects.all().delete()
    projection, handled = AccessTrail(), AccessTrail.handlers()
    for recorded in store.read_from(0, types=list(handled)):
        projection.handle(type(recorded.event), recorded)
    assert live
    assert rows_of_the_trail() == live


def test_an_erased_patients_trail_stays(committed_clinic, seal_now) -> None:
    clinic = committed_clinic
    open_patient(clinic.actor("provider"), clinic.id("patient"), to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    seal_now()
    AccessTrail().forget(clinic.id("patient"))
    assert AccessRow.objects.filter(patient_id=clinic.id("patient")).exists()


def test_the_caseloads_events_replay_to_its_rows(clinic) -> None:
    who, patient = clinic.id("provider"), uuid4()
    caseload.assign(who, patient, actor=SETUP)
    caseload.assign(who, patient, actor=SETUP, until=timezone.now() + timedelta(days=500))
    caseload.end(who, patient, actor=SETUP)
    replayed = {}
    for recorded in store.read(StreamName("caseload", who)):
        fact = recorded.event
        starts = replayed.get(fact.assignment_id, (getattr(fact, "starts_at", None),))[0]
        replayed[fact.assignment_id] = (starts, getattr(fact, "ended_at", None) or fact.ends_at)
    rows = Assignment.objects.filter(provider_id=who)
    assert replayed == {row.id: (row.starts_at, row.ends_at) for row in rows}


def test_assigning_twice_makes_one_assignment_and_ending_keeps_its_row(clinic) -> None:
    who, patient = clinic.id("provider"), uuid4()
    assert caseload.assign(who, patient, actor=SETUP) == caseload.assign(who, patient, actor=SETUP)
    caseload.end(who, patient, actor=SETUP)
    row = Assignment.objects.get(provider_id=who, patient_id=patient)
    assert row.ends_at <= timezone.now()
    assert caseload.end(who, patient, actor=SETUP) == 0


def test_an_assignment_must_end_after_it_starts(clinic) -> None:
    with pytest.raises(caseload.EndsBeforeStart):
        caseload.assign(clinic.id("provider"), uuid4(), actor=SETUP, until=timezone.now() - timedelta(days=1))


def rows_of_the_trail() -> list[tuple[object, ...]]:
    columns = [field.attname for field in AccessRow._meta.concrete_fields if field.attname != "id"]
    return list(AccessRow.objects.order_by("id").values_list(*columns))
