"""Questions about forms. Each demands a Permit, and answers only for its patient."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from access.door import Permit
from apps.assessments import aggregate
from apps.assessments.aggregate import Assessment, AssessmentUnknown
from apps.assessments.change import DRR, Course, change, course_of_parts, speaks_of_death
from apps.assessments.events import CATEGORY
from apps.assessments.instruments import INSTRUMENTS, Instrument
from apps.assessments.models import SEALED, AssessmentRow
from apps.assessments.schedule import Due, next_due, stands
from eventstore import store
from eventstore.stream import StreamName
from vault import columns


@dataclass(frozen=True, kw_only=True, slots=True)
class AssessmentFacts:
    """One form. `closed_at` is None while it's open, and so are total and severity; they're also None with gaps.

    `attention` is the highest grade that any answer ever had (0 to 3), since `raised_at` (None in rows of before it was
    kept); changing the answer doesn't lower it.
    """

    id: UUID
    instrument: Instrument
    started_at: datetime
    closed_at: datetime | None
    answers: dict[int, int]
    attention: int
    raised_at: datetime | None
    total: int | None
    severity: str | None
    subscales: dict[str, tuple[int | None, str | None]]
    flags: tuple[str, ...]
    missing: int


def history(permit: Permit) -> tuple[AssessmentFacts, ...]:
    """Every form of the patient, oldest first, open ones included."""
    return _of(permit.patient_id)


def courses(patient_id: UUID, since: datetime) -> dict[str, Course]:
    """How the latest of each form stands against the first, by published thresholds; for the system's own work.

    A form that was handed in once, or last before `since`, tells nothing; nor does one that got better beside thoughts
    of death.
    """
    forms = _of(patient_id)
    closed = [(one.closed_at, one) for one in forms if one.closed_at is not None]
    done = sorted(closed, key=lambda pair: pair[0])
    told = set(Course) - ({Course.IMPROVED} if _speak_of_death(forms, done) else set())
    found: dict[str, Course] = {}
    for key in INSTRUMENTS:
        own = [(at, one) for at, one in done if one.instrument.key == key and _has_score(one)]
        if len(own) > 1 and own[-1][0] >= since and (course := _course(own[0][1], own[-1][1])) in told:
            found[key] = course
    return found


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


def begun(forms: tuple[AssessmentFacts, ...], now: datetime) -> dict[str, AssessmentFacts]:
    """The form of each instrument that can be gone on with, by key."""
    return {one.instrument.key: one for one in forms if one.closed_at is None and stands(one.started_at, now)}


def ordinal(forms: tuple[AssessmentFacts, ...], key: str, now: datetime) -> int:
    """Which form of the instrument is the current one: the open one's number, or the next."""
    own = [one for one in forms if one.instrument.key == key]
    return sum(one.closed_at is not None or not stands(one.started_at, now) for one in own)


def _of(patient_id: UUID) -> tuple[AssessmentFacts, ...]:
    rows = AssessmentRow.objects.filter(patient_id=patient_id).order_by("started_at", "id")
    return tuple(_facts(row) for row in rows)


def _has_score(form: AssessmentFacts) -> bool:
    return form.total is not None or any(total is not None for total, _ in form.subscales.values())


def _speak_of_death(forms: tuple[AssessmentFacts, ...], done: list[tuple[datetime, AssessmentFacts]]) -> bool:
    raised = [one.raised_at or one.closed_at or one.started_at for one in forms if one.attention]
    return speaks_of_death(raised, [at for at, one in done if one.instrument.key == DRR and one.total is not None])


def _course(first: AssessmentFacts, last: AssessmentFacts) -> Course | None:
    if first.total is None or last.total is None:
        return course_of_parts(first.subscales, last.subscales)
    found = change(first.instrument.key, first.total, last.total)
    return found.course if found else None


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


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
        raised_at=_moment(facts.get("raised_at")),
        total=score.get("total"),
        severity=score.get("severity"),
        subscales={name: (part[0], part[1]) for name, part in score.get("subscales", {}).items()},
        flags=tuple(score.get("flags", ())),
        missing=score.get("missing", 0),
    )
