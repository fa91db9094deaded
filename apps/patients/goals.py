"""Which goals are reached, and since when. Pure."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TypeVar

from apps.patients.events import GoalReached, GoalResumed, PreferencesSet

At = TypeVar("At")


def reached_after(reached: dict[str, datetime], happened: object) -> dict[str, datetime]:
    """What is reached once this happened, too."""
    match happened:
        case GoalReached():
            return {**reached, happened.goal: happened.reached_at}
        case GoalResumed():
            return {goal: at for goal, at in reached.items() if goal != happened.goal}
        case PreferencesSet():
            return still_reached(reached, happened.goals)
    return reached


def still_reached(reached: Mapping[str, At], goals: Collection[str]) -> dict[str, At]:
    """Of what was reached, the goals that the patient still has: one that they drop is open when they name it again."""
    return {goal: at for goal, at in reached.items() if goal in goals}
