"""The four numbers above the caseload. Pure but for the reader's clock, which says on which day a form is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from apps.assessments.change import Course
from apps.providers.line import Line

WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tiles:
    """How many patients: need a person today, are reliably worse, have a form due, are there, had a session lately."""

    waiting: int
    worse: int
    overdue: int
    patients: int
    active: int


def tiles(lines: Sequence[Line], *, now: datetime) -> Tiles:
    """Count over the whole caseload, whatever is searched for."""
    return Tiles(
        waiting=sum(bool(line.waiting) for line in lines),
        worse=sum(_worse(line) for line in lines),
        overdue=sum(any(one.is_due(now) for one in line.due) for line in lines),
        patients=len(lines),
        active=sum(line.session is not None and line.session.opened_at >= now - WEEK for line in lines),
    )


def _worse(line: Line) -> bool:
    return any(one.change is not None and one.change.course is Course.WORSENED for one in (line.phq, line.gad))
