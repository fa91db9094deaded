"""How much better it was after an exercise: by its own scales, whichever way they run."""

import pytest

from apps.exercises.eased import better
from apps.exercises.worksheets import WORKSHEETS, Value


@pytest.mark.parametrize(
    ("worksheet", "values", "change"),
    [
        ("grounding", {"distress_before": 80, "distress_after": 30}, 0.5),
        ("breathing", {"distress_before": 30, "distress_after": 50}, -0.2),
        ("activity_plan", {"pleasure_before": 2, "pleasure_after": 6}, 0.4),
        ("activity_plan", {"pleasure_before": 2, "pleasure_after": 6, "mastery_before": 5, "mastery_after": 5}, 0.2),
        ("thought_record", {"belief": 90, "belief_after": 40, "feeling_1_before": 70}, 0.5),
        ("grounding", {"distress_before": 80}, None),
    ],
)
def test_it_is_the_mean_of_what_was_said_before_and_after(
    worksheet: str, values: dict[str, Value], change: float | None
) -> None:
    assert better(WORKSHEETS[worksheet], values) == (None if change is None else pytest.approx(change))
