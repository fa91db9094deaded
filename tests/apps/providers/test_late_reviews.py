"""What was written about what somebody read closes that, and nothing that the ledger did not show them yet."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.assessments import commands as assessments
from apps.providers import ledger, selectors, tasks
from apps.providers.ledger import Alert, Review
from apps.providers.reading import READ
from eventstore import store
from eventstore.models import Follower, Job
from eventstore.stream import StreamName
from tests.apps.imagery.living import Seal
from tests.apps.practice import Practice
from tests.apps.providers.test_notes import BLEAK, read, says, writes
from tests.apps.providers.test_provider_pages import waiting

FORM = UUID(int=7)
REVIEW = Review(by=str(UUID(int=1)), role="provider", at="2026-01-02T09:00:00+00:00", reason="passing thoughts")
CALMED = "passing thoughts, discussed"


def alerts(practice: Practice) -> list[tuple[int, str | None]]:
    """Grade and the words of the review of each."""
    line = selectors.line_of(practice.chart(), now=timezone.now())
    assert line is not None
    return [(alert.grade, alert.review and alert.review.reason) for alert in line.alerts]


def answers(practice: Practice, form: UUID, grade: int) -> None:
    who = practice.patient
    assessments.answer(who.id, form, item=9, answer=grade, actor=who.actor, command_id=uuid4())


def raised(alerts: tuple[Alert, ...], number: int, grade: int) -> tuple[Alert, ...]:
    at = f"2026-01-01T00:00:{number:02}+00:00"
    return ledger.answered(alerts, event_id=UUID(int=number), assessment_id=FORM, item=9, grade=grade, at=at)


@given(st.integers(1, 3), st.lists(st.integers(0, 3), max_size=6))
def test_a_late_review_leaves_waiting_what_waited_had_it_come_first(first: int, then: list[int]) -> None:
    shown = raised((), 1, first)
    [judged] = shown
    late, early = shown, ledger.reviewed(shown, event_id=uuid4(), alert_id=UUID(judged.id), review=REVIEW)
    for number, grade in enumerate(then, start=2):
        late, early = raised(late, number, grade), raised(early, number, grade)
    late = ledger.reviewed(late, event_id=uuid4(), alert_id=UUID(judged.id), review=REVIEW, as_of=judged.as_of)
    assert late[0] == early[0] == replace(judged, review=REVIEW)
    assert [one.grade for one in ledger.unreviewed(late)] == [one.grade for one in ledger.unreviewed(early)]
    again = ledger.reviewed(late, event_id=uuid4(), alert_id=UUID(judged.id), review=REVIEW, as_of=judged.as_of)
    assert again == late


def test_a_review_that_does_not_say_what_was_read_closes_what_stands() -> None:
    """Those of before it was recorded."""
    shown = raised(raised((), 1, 1), 2, 3)
    [closed] = ledger.reviewed(shown, event_id=uuid4(), alert_id=UUID(shown[0].id), review=REVIEW)
    assert (closed.grade, closed.review) == (3, REVIEW)


def test_a_grade_that_is_made_otherwise_when_the_log_is_replayed_opens_no_old_alert() -> None:
    [judged] = raised((), 1, 1)
    [stands] = ledger.reviewed(raised((), 1, 3), event_id=uuid4(), alert_id=UUID(judged.id), review=REVIEW,
                               as_of=judged.as_of)  # fmt: skip
    assert (stands.grade, stands.review) == (3, REVIEW)


@pytest.mark.parametrize("tells", [True, False])
def test_a_higher_answer_that_is_not_sealed_yet_still_waits_after_the_review(
    practice: Practice, seal_now: Seal, tells: bool
) -> None:
    form = practice.fill({9: 1}, submit=False)
    seal_now()
    shown = waiting(practice)
    answers(practice, form, 3)
    given = {"reason": CALMED} | ({"seen": shown["as_of"]} if tells else {})
    browser = practice.browser(practice.provider)
    assert browser.post(f"/patients/{practice.patient.id}/alerts/{shown['id']}/", given).status_code == 302
    seal_now()
    assert alerts(practice) == [(1, CALMED), (3, None)]
    assert "Nothing is waiting" not in browser.get("/alerts/").content.decode()
    anew = waiting(practice)
    given = {"reason": "Phoned, safe with her sister.", "seen": anew["as_of"]}
    assert browser.post(f"/patients/{practice.patient.id}/alerts/{anew['id']}/", given).status_code == 302
    seal_now()
    assert alerts(practice) == live(practice, seal_now) == [(1, CALMED), (3, given["reason"])]


def test_more_of_a_note_that_is_not_sealed_yet_still_waits_after_the_review(practice: Practice, seal_now: Seal) -> None:
    session_id = writes(practice, "I drank again, all night.")
    read(seal_now)
    shown = waiting(practice)
    says(practice, session_id, BLEAK)
    seal_now()
    reads_without_sealing()
    browser = practice.browser(practice.provider)
    given = {"reason": CALMED, "seen": shown["as_of"]}
    assert browser.post(f"/patients/{practice.patient.id}/alerts/{shown['id']}/", given).status_code == 302
    seal_now()
    assert alerts(practice) == live(practice, seal_now) == [(1, CALMED), (3, None)]
    page = browser.get(f"/patients/{practice.patient.id}/written/").content.decode()
    assert BLEAK in page.partition(f'id="raised-{waiting(practice)["id"]}"')[2].partition("</article>")[0]


def test_while_the_ledger_stands_still_nothing_is_acknowledged_and_no_word_is_lost(
    practice: Practice, seal_now: Seal
) -> None:
    form = practice.fill({9: 1}, submit=False)
    seal_now()
    shown = waiting(practice)
    Follower.objects.filter(name="providers.caseload").update(status=Follower.Status.STOPPED)
    answers(practice, form, 3)
    seal_now()
    browser, url = practice.browser(practice.provider), f"/patients/{practice.patient.id}/alerts/{shown['id']}/"
    given = {"reason": CALMED, "seen": shown["as_of"]}
    answer = browser.post(url, given)
    assert answer.status_code == 503
    assert f"{CALMED}</textarea>" in answer.content.decode(), "what was written is still there"
    assert "was not saved" in answer.content.decode()
    by_api = browser.post(f"/api/v1{url}acknowledgement/", given, "application/json")
    assert (by_api.status_code, by_api.json()["code"]) == (503, "ledger_behind")
    assert store.version_of(StreamName("review", UUID(shown["id"]))) == 0
    Follower.objects.update(status=Follower.Status.RUNNING)
    seal_now()
    assert browser.post(url, given).status_code == 409
    assert alerts(practice) == [(3, None)]


def reads_without_sealing() -> None:
    for job_id in Job.objects.filter(kind=READ, status=Job.Status.WAITING).values_list("id", flat=True):
        tasks.read(str(job_id))


def live(practice: Practice, seal: Seal) -> list[tuple[int, str | None]]:
    """The same from a replay of the log."""
    call_command("rebuild", "providers.caseload")
    seal()
    return alerts(practice)
