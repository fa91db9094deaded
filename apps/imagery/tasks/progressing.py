"""How a patient has come along, as the engine is told: words and shares where they agreed to it, never a score."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from statistics import fmean
from typing import Any, Final
from uuid import UUID

from apps.assessments import selectors as assessments
from apps.assessments.change import Course
from apps.exercises import selectors as exercises
from apps.imagery import situation
from ml.prompting.progress import BETTER, SAME, WORSE
from ml.vocabulary import TECHNIQUES

CR, BA, MF, _ = TECHNIQUES
PURPOSE: Final = "progress"
LATELY: Final = timedelta(weeks=8)
"""What was last answered or finished before tells nothing of now."""
REACHED: Final = timedelta(days=28)
"""For so long a goal that was reached leans the choice; set by us and not measured."""
MOST: Final = 5
"""Exercises of a technique that count, the last ones."""
COURSES: Final = {Course.IMPROVED: BETTER, Course.STEADY: SAME, Course.WORSENED: WORSE}
TECHNIQUE_OF: Final = {"thought_record": CR, "activity_plan": BA, "grounding": MF, "breathing": MF}


def progress_of(patient_id: UUID, at: datetime, *, reached_at: datetime | None) -> dict[str, Any]:
    """As `ml.prompting.progress.Progress` takes it; without the patient's consent, a goal reached at most.

    That needs no consent of its own: questionnaires and exercises were filled in for the patient's care, but goals are
    wishes that steer pictures in any case, and the page on which one is marked says what follows from it.
    """
    found: dict[str, Any] = {"goal_reached": True} if reached_at is not None and at - reached_at < REACHED else {}
    if not situation.has_consent(patient_id, PURPOSE):
        return found
    courses = assessments.courses(patient_id, at - LATELY)
    return found | {
        "questionnaires": {form: COURSES[course] for form, course in courses.items()},
        "exercises": _by_technique(exercises.changes(patient_id, at - LATELY)),
    }


def aged(seen: Iterable[Mapping[str, Any]], names: Iterable[str], at: datetime) -> list[dict[str, Any]]:
    """Pictures as the engine is told of them: these facts of each, and how many seconds before `at` it was shown."""
    kept = tuple(names)
    return [{name: one.get(name) for name in kept} | {"age_s": _age(one.get("at"), at)} for one in seen]


def _by_technique(changes: Mapping[str, list[float]]) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for worksheet, of_worksheet in changes.items():
        found.setdefault(TECHNIQUE_OF[worksheet], []).extend(of_worksheet[-MOST:])
    return {technique: round(fmean(own), 3) for technique, own in found.items()}


def _age(shown_at: str | None, at: datetime) -> float | None:
    """None for a row that an earlier version wrote and that was not built anew yet."""
    if shown_at is None:
        return None
    return max(0.0, round((at - datetime.fromisoformat(shown_at)).total_seconds(), 1))
