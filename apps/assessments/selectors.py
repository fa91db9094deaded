"""Questions about forms. Each demands a Permit, and answers only for its patient."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from access.door import Permit
from apps.assessments import aggregate
from apps.assessments.aggregate import Assessment, AssessmentUnknown
from apps.assessments.events import CATEGORY
from apps.assessments.instruments import INSTRUMENTS, Instrument
from apps.assessments.models import SEALED, AssessmentRow
from apps.assessments.schedule import Due, next_due
from eventstore import store
from eventstore.stream import StreamName
from vault import columns


@dataclass(frozen=True, kw_only=True, slots=True)
class AssessmentFacts:
    """One form. `closed_at` is None while it's open, and so are total and severity; they're also None with gaps.

    `attention` is the highest grade that any answer ever had (0 to 3); changing the answer doesn't lower it.
    """

    id: UUID
    instrument: Instrument
    started_at: datetime
    closed_at: datetime | None
    answers: dict[int, int]
    attention: int
    total: int | None
    severity: str | None
    subscales: dict[str, tuple[int | None, str | None]]
    flags: tuple[str, ...]
    missing: int


def history(permit: Permit) -> tuple[AssessmentFacts, ...]:
    """Every form of the patient, oldest first, open ones included."""
    rows = AssessmentRow.objects.filter(patient_id=permit.patient_id).order_by("started_at", "id")
    return tuple(_facts(row) for row in rows)


def scored(permit: Permit, key: str) -> tuple[AssessmentFacts, ...]:
    """The forms of one instrument that were handed in, oldest first."""
    return tuple(one for one in history(permit) if one.closed_at is not None and one.instrument.key == key)


def form(permit: Permit, assessment_id: UUID) -> Assessment:
    """One form straight from its stream, so that what was just saved is there. Raises AssessmentUnknown."""
    recorded = store.read(StreamName(CATEGORY, assessment_id))
    if not recorded or recorded[0].subject != permit.patient_id:
        raise AssessmentUnknown
    return aggregate.replay(one.event for one in recorded)


def patient_of(assessment_id: UUID) -> UUID | None:
    """Whose form this is, for the door to decide about; None for one that was never started."""
    recorded = store.read(StreamName(CATEGORY, assessment_id))
    return recorded[0].subject if recorded else None


def due(forms: tuple[AssessmentFacts, ...]) -> tuple[Due, ...]:
    """When each form on offer is due, by what was handed in so far."""
    return next_due({one.instrument.key: one.closed_at for one in forms if one.closed_at is not None})


def ordinal(forms: tuple[AssessmentFacts, ...], key: str) -> int:
    """Which form of the instrument is the current one: the open one's number, or the next."""
    return sum(one.instrument.key == key and one.closed_at is not None for one in forms)


def _facts(row: AssessmentRow) -> AssessmentFacts:
    facts: dict[str, Any] = columns.open(row.patient_id, bytes(row.sealed), column=SEALED)
    score = facts["score"] or {}
    return AssessmentFacts(
        id=row.id,
        instrument=INSTRUMENTS[facts["instrument"]],
        started_at=row.started_at,
        closed_at=row.closed_at,
        answers={int(item): answer for item, answer in facts["answers"].items()},
        attention=facts["attention"],
        total=score.get("total"),
        severity=score.get("severity"),
        subscales={name: (part[0], part[1]) for name, part in score.get("subscales", {}).items()},
        flags=tuple(score.get("flags", ())),
        missing=score.get("missing", 0),
    )
