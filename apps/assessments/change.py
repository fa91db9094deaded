"""What a difference between two scores means, each rule with its source. Several metrics, because sources disagree.

- reliable change: PHQ-9 6 points, GAD-7 4 (NHS Talking Therapies manual; Bischoff 2020 finds 6 for GAD-7)
- DASS-21: a subscale changed when it moved by 5 points or more and into another band (AHSRI's DASS-21 protocol)
- response: a drop of at least half from a first PHQ-9 of 10 or more (NCQA DRR; ps.201900295)
- remission: a PHQ-9 below 5 after a first one of 10 or more (NCQA DRR)

Response and remission are measures of the PHQ-9 alone (DRR is "Depression Remission or Response"); of no other form are
they said. Nor do they look at item 9: beside an answer above zero no score is good news (`speaks_of_death`, a rule of
ours), and whoever shows a change there shows it `without_good_news`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
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
    """`points` is the last score minus the first: negative is better. `response` and `remission` are PHQ-9's alone.

    `course` is None where nothing is to be said of it.
    """

    points: int
    course: Course | None
    response: bool
    remission: bool

    def without_good_news(self) -> "Change":
        """What may be said beside thoughts of death: the points, and that it got worse or did not move."""
        course = None if self.course is Course.IMPROVED else self.course
        return replace(self, course=course, response=False, remission=False)


def speaks_of_death(raised: Iterable[datetime], scored: Sequence[datetime]) -> bool:
    """Whether item 9 was answered above zero since the PHQ-9 before the latest of those without gaps.

    What was taken note of, taken back, or not handed in counts too, until a PHQ-9 without gaps follows in which nothing
    was: a question that was left open is no answer of "not at all".

    Args:
        raised: when it was answered so.
        scored: when each PHQ-9 without gaps was handed in, oldest first.
    """
    before = scored[-2] if len(scored) > 1 else None
    return any(before is None or at > before for at in raised)


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
