"""The words beside a patient say why they stand where they stand."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from apps.providers.flags import flags
from apps.providers.line import line

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


SEEN = {"by": str(UUID(int=2)), "role": "provider", "at": NOW.isoformat(), "reason": "phoned"}
ALERT = "Item 9 = 2 · unacknowledged 18\xa0minutes"


def words(
    *totals: int | None, grade: int = 0, key: str = "phq-9", days_ago: int = 0, review: dict[str, str] | None = None
) -> list[tuple[str, str]]:
    """The totals are a fortnight apart, the last of today; the alert was raised `days_ago`."""
    times = [NOW - timedelta(days=14 * ago) for ago in reversed(range(len(totals)))]
    scores = [
        {"instrument": key, "total": total, "severity": None, "missing": int(total is None), "at": at.isoformat()}
        for total, at in zip(totals, times, strict=True)
    ]
    raised_at = (NOW - timedelta(days=days_ago)).isoformat()
    alert = {"id": "a", "assessment_id": "b", "item": 9, "grade": grade, "raised_at": raised_at, "review": review}
    alerts = [alert] if grade else []
    facts = {"name": "", "label": "", "since": None, "scores": scores, "alerts": alerts}
    return [
        (flag.level, flag.words) for flag in flags(line(UUID(int=1), facts, now=NOW), now=NOW + timedelta(minutes=18))
    ]


def test_an_alert_comes_first_with_item_and_grade() -> None:
    assert words(21, grade=2) == [("act", ALERT), ("watch", "PHQ-9 severe")]


def test_scores_speak_by_published_thresholds() -> None:
    assert words(10, 16) == [("watch", "PHQ-9 reliably worse")]
    assert words(16, 10) == [("calm", "PHQ-9 reliably better")]
    assert words(16, 4) == [("calm", "PHQ-9 below 5 (NCQA's mark of remission)")]
    assert words(16, 4, key="gad-7") == [("calm", "GAD-7 reliably better")]
    assert words(10, 12) == []


def test_a_form_with_gaps_is_called_incomplete_and_nothing_else() -> None:
    assert words(21, None) == [("watch", "PHQ-9 incomplete")]


@pytest.mark.parametrize("totals", [(16, 4), (16, 10)])
def test_nothing_is_good_news_beside_thoughts_of_death_whoever_took_note_of_them(totals: tuple[int, int]) -> None:
    assert words(*totals, grade=2) == [("act", ALERT)]
    assert words(*totals, grade=2, review=SEEN) == []
    assert words(*totals, key="gad-7", grade=2, review=SEEN) == []
    assert words(10, 16, grade=2, review=SEEN) == [("watch", "PHQ-9 reliably worse")]


def test_once_a_form_follows_that_says_nothing_of_death_a_score_may_be_good_news_again() -> None:
    assert words(16, 12, 4, grade=2, days_ago=20, review=SEEN) == [("calm", "PHQ-9 below 5 (NCQA's mark of remission)")]
    assert words(16, 12, 4, grade=2, days_ago=13, review=SEEN) == []


def test_a_form_with_gaps_is_no_all_clear() -> None:
    assert words(20, 4, None, grade=1, days_ago=15, review=SEEN) == [("watch", "PHQ-9 incomplete")]


def test_an_alert_that_is_not_of_an_answer_hides_no_good_news() -> None:
    facts = {"name": "", "label": "", "since": None, "scores": [
        {"instrument": "phq-9", "total": total, "severity": None, "missing": 0, "at": NOW.isoformat()}
        for total in (16, 4)
    ], "alerts": [{"id": "a", "assessment_id": None, "item": None, "grade": 0, "raised_at": NOW.isoformat(),
                   "kind": "picture", "review": SEEN}]}  # fmt: skip
    assert [flag.level for flag in flags(line(UUID(int=1), facts, now=NOW), now=NOW)] == ["calm"]
