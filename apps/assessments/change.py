"""What a difference between two scores means, each rule with its source. Several metrics, because sources disagree.

- reliable change: PHQ-9 6 points, GAD-7 4 (NHS Talking Therapies manual; Bischoff 2020 finds 6 for GAD-7)
- DASS-21: a subscale changed when it moved by 5 points or more and into another band (AHSRI's DASS-21 protocol)
- response: a drop of at least half from a first PHQ-9 of 10 or more (NCQA DRR; ps.201900295)
- remission: a PHQ-9 below 5 after a first one of 10 or more (NCQA DRR)

Response and remission are measures of the PHQ-9 alone (DRR is "Depression Remission or Response"); of no other form are
they said. Nor do they look at item 9: whoever shows them looks at what the patient answered there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

RELIABLE: Final[Mapping[str, int]] = {"phq-9": 6, "gad-7": 4}
PART_MOVES: Final = 5
DRR: Final = "phq-9"
CASE: Final = 10
REMITTED_BELOW: Final = 5


Parts = Mapping[str, tuple[int | None, str | None]]
"""Subscale → its score and band."""


class Course(StrEnum):
    """Where a patient stands against their first score."""

    IMPROVED = "reliable improvement"
    WORSENED = "reliable worsening"
    STEADY = "no reliable change"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """`points` is the last score minus the first: negative is better. `response` and `remission` are PHQ-9's alone."""

    points: int
    course: Course
    response: bool
    remission: bool


def change(instrument: str, first: int, last: int) -> Change | None:
    """The change between two totals of one instrument; None where no threshold is known for it."""
    threshold = RELIABLE.get(instrument)
    if threshold is None:
        return None
    points = last - first
    counts = instrument == DRR and first >= CASE
    return Change(
        points=points,
        course=_course(points, threshold),
        response=counts and last * 2 <= first,
        remission=counts and last < REMITTED_BELOW,
    )


def course_of_parts(first: Parts, last: Parts) -> Course | None:
    """All subscales together: one that got worse is heard first. None where none has a score on both forms."""
    both = [(first[name], last[name]) for name in first if name in last]
    moves = [
        (after[0] - before[0], after[1] != before[1])
        for before, after in both
        if before[0] is not None and after[0] is not None
    ]
    found = {_course(points, PART_MOVES) for points, other_band in moves if other_band}
    if not moves:
        return None
    return next((course for course in (Course.WORSENED, Course.IMPROVED) if course in found), Course.STEADY)


def _course(points: int, threshold: int) -> Course:
    if points <= -threshold:
        return Course.IMPROVED
    return Course.WORSENED if points >= threshold else Course.STEADY
