"""The law of the alert ledger: nothing but a person's review ever quiets an alert, and nothing removes one."""

from itertools import pairwise
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from apps.providers import ledger
from apps.providers.ledger import Alert, Review

FORM = UUID(int=7)
REVIEW = Review(by=str(UUID(int=1)), role="provider", at="2026-01-02T09:00:00+00:00", reason="phoned")
steps = st.lists(st.one_of(st.integers(0, 3), st.just("review")), max_size=20)


def follow(wanted: list[int | str]) -> list[tuple[Alert, ...]]:
    """The ledger after each step: an answer to item 9, or a review of what waits."""
    states: list[tuple[Alert, ...]] = [()]
    for number, step in enumerate(wanted):
        alerts = states[-1]
        if isinstance(step, int):
            at = f"2026-01-01T00:00:{number:02}+00:00"
            alerts = ledger.answered(alerts, event_id=uuid4(), assessment_id=FORM, item=9, grade=step, at=at)
        for waiting in ledger.unreviewed(alerts) if step == "review" else ():
            alerts = ledger.reviewed(alerts, event_id=uuid4(), alert_id=UUID(waiting.id), review=REVIEW)
        states.append(alerts)
    return states


@given(steps)
def test_an_alert_once_raised_stays_and_its_grade_never_falls(wanted: list[int | str]) -> None:
    states = follow(wanted)
    for before, after in pairwise(states):
        grades = {alert.id: alert.grade for alert in after}
        assert all(grades[alert.id] >= alert.grade for alert in before)


@given(steps)
def test_only_a_review_quiets_an_alert(wanted: list[int | str]) -> None:
    states = follow(wanted)
    for step, before, after in zip(wanted, states, states[1:], strict=False):
        if step != "review":
            quiet = {alert.id for alert in ledger.unreviewed(before)} - {alert.id for alert in ledger.unreviewed(after)}
            assert not quiet


@given(steps)
def test_every_answer_above_zero_that_was_not_reviewed_is_waiting(wanted: list[int | str]) -> None:
    states = follow(wanted)
    seen = 0
    unseen = 0
    for step in wanted:
        seen, unseen = (max(seen, unseen), 0) if step == "review" else (seen, max(unseen, int(step)))
    assert bool(ledger.unreviewed(states[-1])) == (unseen > seen)


@given(steps)
def test_facts_survive_packing(wanted: list[int | str]) -> None:
    alerts = follow(wanted)[-1]
    assert ledger.unpack(ledger.pack(alerts)) == alerts


def test_a_higher_answer_after_a_review_raises_a_new_alert() -> None:
    alerts = follow([1, "review", 3])[-1]
    assert [(alert.grade, alert.review is None) for alert in alerts] == [(1, False), (3, True)]


def test_the_first_review_stands() -> None:
    [alert] = follow([2, "review"])[-1]
    later = Review(by=str(UUID(int=2)), role="supervisor", at="2026-01-03T09:00:00+00:00", reason="again")
    assert ledger.reviewed((alert,), event_id=uuid4(), alert_id=UUID(alert.id), review=later) == (alert,)
