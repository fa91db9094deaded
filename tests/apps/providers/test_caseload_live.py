"""The caseload on the real store: sealed rows, the right order, and alerts that only a person quiets."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import Http404
from django.utils import timezone

from access import caseload
from access.door import Permit, Purpose, Right, open_caseload, open_patient
from access.permit import WrongPermit
from apps.assessments import commands as assessments
from apps.assessments.schedule import EVERY
from apps.providers import commands, selectors
from apps.providers.aggregate import AlreadyReviewed, ReasonMissing
from apps.providers.line import Line, Need
from apps.providers.models import SEALED, CaseloadRow
from apps.providers.selectors import AlertUnknown
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.practice import SETUP, Practice
from vault import columns

Seal = Callable[[], None]


def lines(practice: Practice) -> list[Line]:
    permits = open_caseload(practice.provider.actor, why=Purpose.TREATMENT)
    return selectors.caseload(permits, now=timezone.now())


def acknowledging(practice: Practice) -> Permit:
    return open_patient(practice.provider.actor, practice.patient.id, to=Right.ACKNOWLEDGE, why=Purpose.TREATMENT)


def test_a_form_need_not_be_handed_in_for_its_alert_to_be_raised(practice: Practice, seal_now: Seal) -> None:
    practice.fill({9: 2}, submit=False)
    seal_now()
    [line] = lines(practice)
    assert line.need is Need.NOW
    assert [alert.grade for alert in line.waiting] == [2]


def test_taking_the_answer_back_leaves_the_alert(practice: Practice, seal_now: Seal) -> None:
    form = practice.fill({9: 3}, submit=False)
    who = practice.patient
    assessments.answer(who.id, form, item=9, answer=0, actor=who.actor, command_id=uuid4())
    seal_now()
    assert [alert.grade for alert in lines(practice)[0].waiting] == [3]


def test_a_review_quiets_the_alert_and_says_who_when_and_why(practice: Practice, seal_now: Seal) -> None:
    practice.fill({9: 1})
    seal_now()
    [alert] = lines(practice)[0].waiting
    permit = acknowledging(practice)
    with pytest.raises(ReasonMissing):
        commands.acknowledge(permit, UUID(alert.id), reason="  ", command_id=uuid4())
    commands.acknowledge(permit, UUID(alert.id), reason="Phoned, safe with her sister.", command_id=uuid4())
    seal_now()
    [line] = lines(practice)
    assert not line.waiting
    [seen] = line.alerts
    assert seen.review is not None
    assert (seen.review.by, seen.review.reason) == (str(practice.provider.id), "Phoned, safe with her sister.")
    with pytest.raises(AlreadyReviewed):
        commands.acknowledge(permit, UUID(alert.id), reason="again", command_id=uuid4())
    assert store.version_of(StreamName("review", UUID(alert.id))) == 1


def test_nobody_acknowledges_an_alert_of_another_patient(practice: Practice, seal_now: Seal) -> None:
    practice.fill({9: 1})
    seal_now()
    alert_id = UUID(lines(practice)[0].waiting[0].id)
    with pytest.raises(WrongPermit):
        commands.acknowledge(practice.chart(), alert_id, reason="not my right", command_id=uuid4())
    with pytest.raises(Http404):
        open_patient(practice.outsider.actor, practice.patient.id, to=Right.ACKNOWLEDGE, why=Purpose.TREATMENT)
    theirs = open_patient(practice.outsider.actor, practice.other.id, to=Right.ACKNOWLEDGE, why=Purpose.TREATMENT)
    with pytest.raises(AlertUnknown):
        commands.acknowledge(theirs, alert_id, reason="not my patient", command_id=uuid4())
    assert store.version_of(StreamName("review", alert_id)) == 0


def test_the_caseload_puts_whoever_needs_someone_first_on_top(practice: Practice, seal_now: Seal) -> None:
    caseload.assign(practice.provider.id, practice.other.id, actor=SETUP)
    practice.fill({1: 1})
    other = practice.other
    form = assessments.start(other.id, key="phq-9", ordinal=0, actor=other.actor, command_id=uuid4())
    assessments.answer(other.id, form, item=9, answer=1, actor=other.actor, command_id=uuid4())
    seal_now()
    assert [line.label for line in lines(practice)] == ["Patient 027", "Patient 014"]


def test_rows_carry_no_plaintext(practice: Practice, seal_now: Seal) -> None:
    practice.fill({9: 2})
    seal_now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(providers_caseload::text, '') FROM providers_caseload")
        stored = cursor.fetchone()[0]
    assert b"Ada".hex() not in stored
    assert b"phq".hex() not in stored


def test_replaying_the_log_gives_the_rows_that_live_projecting_gave(practice: Practice, seal_now: Seal) -> None:
    practice.fill({9: 1, 1: 3})
    seal_now()
    alert_id = UUID(lines(practice)[0].waiting[0].id)
    commands.acknowledge(acknowledging(practice), alert_id, reason="phoned", command_id=uuid4())
    practice.fill({2: 3}, key="gad-7")
    seal_now()
    live = rows()
    call_command("rebuild", "providers.caseload")
    seal_now()
    assert len(live) == 2
    assert rows() == live


def test_an_overdue_form_is_seen_as_such(practice: Practice, seal_now: Seal) -> None:
    practice.fill({})
    practice.fill({}, key="gad-7")
    seal_now()
    permits = open_caseload(practice.provider.actor, why=Purpose.TREATMENT)
    [today] = selectors.caseload(permits, now=timezone.now())
    [later] = selectors.caseload(permits, now=timezone.now() + timedelta(days=15))
    assert (today.need, later.need) == (Need.STEADY, Need.CHECK)


def test_on_its_day_a_form_is_due_on_every_page_and_overdue_on_none(
    practice: Practice, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.fill({})
    practice.fill({}, key="gad-7")
    seal_now()
    day = timezone.localtime(timezone.now() + EVERY).replace(hour=0, minute=0, second=0, microsecond=0)

    def shown(now: datetime) -> tuple[str, str, str]:
        monkeypatch.setattr(timezone, "now", lambda: now)
        care, own = practice.browser(practice.provider), practice.browser(practice.patient)
        pages = (care.get("/caseload/"), own.get("/assessments/"), own.get("/me/"))
        caseload_page, forms, home = (page.content.decode() for page in pages)
        return caseload_page, forms, home

    caseload_page, forms, home = shown(day - timedelta(minutes=1))
    assert f"PHQ-9 {day:%-d %b}" in caseload_page
    assert f"due again on {day:%-d %B}" in forms
    assert "Due now" not in home
    caseload_page, forms, home = shown(day)
    assert "PHQ-9 due today" in caseload_page
    assert "overdue" not in caseload_page
    assert "due now" in forms
    assert "Due now" in home
    assert "overdue" in shown(day + timedelta(days=1))[0]


def test_scores_older_than_the_small_line_are_not_said_to_be_missing(
    practice: Practice, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal_now()
    assert "no scores yet" in practice.browser(practice.provider).get("/caseload/").content.decode()
    practice.fill({1: 2})
    seal_now()
    later = timezone.now() + timedelta(days=90)
    monkeypatch.setattr(timezone, "now", lambda: later)
    page = practice.browser(practice.provider).get("/caseload/").content.decode()
    assert "no score in these weeks" in page
    assert "no scores yet" not in page


def rows() -> list[tuple[object, ...]]:
    return [
        (row.patient_id, columns.open(row.patient_id, row.sealed, column=SEALED))
        for row in CaseloadRow.objects.order_by("patient_id")
    ]
