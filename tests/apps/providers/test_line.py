"""The caseload's order: whoever needs a person first stands first."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from apps.assessments.change import Course
from apps.providers.line import Line, Need, line, urgency

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def facts(**given: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"name": "N", "label": "L", "since": None, "forms": {}, "scores": [], "alerts": []}
    return {**empty, **given}


def score(total: int | None, *, days_ago: float, instrument: str = "phq-9", missing: int = 0) -> dict[str, Any]:
    at = (NOW - timedelta(days=days_ago)).isoformat()
    return {"instrument": instrument, "total": total, "severity": None, "missing": missing, "at": at}


def alert(grade: int = 2, *, review: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "id": str(UUID(int=3)),
        "assessment_id": str(UUID(int=4)),
        "item": 9,
        "grade": grade,
        "raised_at": NOW.isoformat(),
        "raised_again_at": None,
        "review": review,
    }


def read(number: int, given: dict[str, Any]) -> Line:
    return line(UUID(int=number), given, now=NOW)


FRESH = [score(8, days_ago=1), score(6, days_ago=1, instrument="gad-7")]
SEEN = {"by": str(UUID(int=1)), "role": "provider", "at": NOW.isoformat(), "reason": "phoned"}


def test_a_waiting_alert_comes_before_everything() -> None:
    assert read(1, facts(alerts=[alert(1)], scores=FRESH)).need is Need.NOW


def test_a_reviewed_alert_no_longer_calls_but_stays_on_the_line() -> None:
    seen = read(1, facts(alerts=[alert(3, review=SEEN)], scores=FRESH))
    assert seen.need is Need.STEADY
    assert len(seen.alerts) == 1


def test_a_severe_or_reliably_worse_score_needs_someone_soon() -> None:
    severe = read(1, facts(scores=[score(20, days_ago=1), FRESH[1]]))
    worse = read(2, facts(scores=[score(5, days_ago=20), score(11, days_ago=1), FRESH[1]]))
    assert severe.need is Need.SOON
    assert worse.need is Need.SOON
    assert worse.phq.change is not None
    assert worse.phq.change.course is Course.WORSENED


def test_a_form_with_gaps_or_overdue_is_to_be_checked_and_has_no_total() -> None:
    gaps = read(1, facts(scores=[score(None, days_ago=1, missing=2), FRESH[1]]))
    overdue = read(2, facts(scores=[score(8, days_ago=15), FRESH[1]]))
    assert gaps.need is overdue.need is Need.CHECK
    assert gaps.phq.latest is not None
    assert gaps.phq.latest.total is None


def test_a_score_without_total_is_left_out_of_the_change() -> None:
    course = [score(15, days_ago=30), score(None, days_ago=16, missing=1), score(9, days_ago=1)]
    change = read(1, facts(scores=course)).phq.change
    assert change is not None
    assert change.points == -6


def test_the_caseload_is_sorted_by_need_then_grade_then_score() -> None:
    lines = [
        read(1, facts(label="steady", scores=FRESH)),
        read(2, facts(label="lower alert", alerts=[alert(1)], scores=FRESH)),
        read(3, facts(label="severe", scores=[score(22, days_ago=1), FRESH[1]])),
        read(4, facts(label="higher alert", alerts=[alert(3)], scores=FRESH)),
        read(5, facts(label="nothing yet")),
    ]
    assert [one.label for one in sorted(lines, key=urgency)] == [
        "higher alert",
        "lower alert",
        "severe",
        "nothing yet",
        "steady",
    ]
