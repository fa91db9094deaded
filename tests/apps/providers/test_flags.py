"""The words beside a patient say why they stand where they stand."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from apps.providers.flags import flags
from apps.providers.line import line

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def words(*totals: int | None, grade: int = 0) -> list[tuple[str, str]]:
    scores = [
        {"instrument": "phq-9", "total": total, "severity": None, "missing": int(total is None), "at": NOW.isoformat()}
        for total in totals
    ]
    alert = {"id": "a", "assessment_id": "b", "item": 9, "grade": grade, "raised_at": NOW.isoformat()}
    alert["review"] = None
    alerts = [alert] if grade else []
    facts = {"name": "", "label": "", "since": None, "scores": scores, "alerts": alerts}
    return [
        (flag.level, flag.words) for flag in flags(line(UUID(int=1), facts, now=NOW), now=NOW + timedelta(minutes=18))
    ]


def test_an_alert_comes_first_with_item_and_grade() -> None:
    assert words(21, grade=2) == [("act", "Item 9 = 2 · unacknowledged 18\xa0minutes"), ("watch", "PHQ-9 severe")]


def test_scores_speak_by_published_thresholds() -> None:
    assert words(10, 16) == [("watch", "PHQ-9 reliably worse")]
    assert words(16, 10) == [("calm", "PHQ-9 reliably better")]
    assert words(16, 4) == [("calm", "PHQ-9 in remission")]
    assert words(10, 12) == []


def test_a_form_with_gaps_is_called_incomplete_and_nothing_else() -> None:
    assert words(21, None) == [("watch", "PHQ-9 incomplete")]
