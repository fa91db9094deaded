"""Questions about exercises and ladders. Each demands a Permit, and answers only for its patient."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from access.door import Permit
from apps.exercises import aggregate, ladder
from apps.exercises.aggregate import Exercise, ExerciseUnknown, PictureNotReady, Status
from apps.exercises.beside import Beside, register_beside
from apps.exercises.eased import changes, on_calm_picture
from apps.exercises.events import EXERCISE, LADDER, AttemptEnded, LadderWritten, StepBegun
from apps.exercises.ladder import Attempt, Ladder, LadderUnknown
from apps.exercises.models import SEALED, ExerciseRow, LadderRow
from apps.exercises.rerating import UNKNOWN, rerated
from apps.exercises.unlocking import LONGEST
from apps.exercises.worksheets import WORKSHEETS, Value, Worksheet
from eventstore import store
from eventstore.recorded import Recorded
from eventstore.stream import StreamName
from vault import columns

__all__ = [
    "UNKNOWN",
    "Beside",
    "ExerciseUnknown",
    "PictureNotReady",
    "changes",
    "on_calm_picture",
    "register_beside",
    "rerated",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExerciseFacts:
    """One exercise as its row has it. `closed_at` is when it was finished or put away; None while it's open."""

    id: UUID
    worksheet: Worksheet
    begun_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    values: dict[str, Value]
    status: Status


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """One ended try of a step, with the step's words and limit as they were then."""

    begun_at: datetime
    text: str
    limit: int
    attempt: Attempt


@dataclass(frozen=True, kw_only=True, slots=True)
class LadderFacts:
    """One ladder from its stream. `tried` are all tries that ever ended, oldest first, older writings' included.

    `begun_at` is when the open try began; None where none is open.
    """

    id: UUID
    written_at: datetime
    begun_at: datetime | None
    ladder: Ladder
    tried: tuple[Tried, ...]

    def left_open(self, now: datetime) -> bool:
        """Whether the open try was begun too long ago to be going on still: a tab was closed on it."""
        return self.begun_at is not None and now - self.begun_at > LONGEST

    def calms(self, now: datetime) -> bool:
        """Whether the patient is on the calm picture now."""
        return self.ladder.now is not None and not self.ladder.on_a_step and not self.left_open(now)


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovedStep:
    """The step that a clinician wrote, the patient agreed to and the rules have open now.

    Attributes:
        step: from 0; `begun_at` says that the patient is on it since then, None that it wasn't begun.
        limit: distress above which it ends.
        distress: what the patient said last on it, at its beginning at the earliest; None while they aren't on it.
    """

    ladder_id: UUID
    step: int
    text: str
    expected: int
    limit: int
    begun_at: datetime | None
    distress: int | None = None

    def goes_on(self, now: datetime) -> bool:
        """Whether the patient is on the step now, which is what a picture of it needs: nobody else begins one."""
        return self.begun_at is not None and now - self.begun_at <= LONGEST


def history(permit: Permit) -> tuple[ExerciseFacts, ...]:
    """Every exercise of the patient, oldest first, open ones included."""
    rows = ExerciseRow.objects.filter(patient_id=permit.patient_id).order_by("begun_at", "id")
    return tuple(_facts(row) for row in rows)


def exercise(permit: Permit, exercise_id: UUID) -> Exercise:
    """One exercise straight from its stream, so that what was just saved is there. Raises ExerciseUnknown."""
    recorded = store.read(StreamName(EXERCISE, exercise_id))
    if not recorded or recorded[0].subject != permit.patient_id:
        raise ExerciseUnknown
    return aggregate.replay(one.event for one in recorded)


def facts(permit: Permit, exercise_id: UUID) -> ExerciseFacts:
    """One exercise with its times, as its row has it. Raises ExerciseUnknown."""
    row = ExerciseRow.objects.filter(patient_id=permit.patient_id, id=exercise_id).first()
    if row is None:
        raise ExerciseUnknown
    return _facts(row)


def ladders(permit: Permit) -> tuple[LadderFacts, ...]:
    """Every ladder of the patient, the one written last first."""
    return _ladders(permit.patient_id)


def one_ladder(permit: Permit, ladder_id: UUID) -> LadderFacts:
    """One ladder. Raises LadderUnknown."""
    recorded = store.read(StreamName(LADDER, ladder_id))
    if not recorded or recorded[0].subject != permit.patient_id:
        raise LadderUnknown
    return _ladder(ladder_id, recorded)


def known(ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these ids are exercises'; for the system's own work."""
    return frozenset(ExerciseRow.objects.filter(id__in=ids).values_list("id", flat=True))


def owner_of(category: str, entity_id: UUID) -> UUID | None:
    """Whose exercise or ladder this is, for the door to decide about; None for one that was never begun."""
    recorded = store.read(StreamName(category, entity_id))
    return recorded[0].subject if recorded else None


def approved_step(patient: Permit | UUID) -> ApprovedStep | None:
    """The one step that is approved and open now, the begun one first; None where none is.

    None as well while the patient is on the calm picture of any ladder, unless it was left open: then nothing but calm
    is shown.
    """
    found = _ladders(patient if isinstance(patient, UUID) else patient.patient_id)
    now = timezone.now()
    if any(one.calms(now) for one in found):
        return None
    open_now = [one for one in found if one.ladder.agreed and not one.ladder.closed and not one.ladder.place.resting]
    open_now.sort(key=lambda one: one.ladder.on_a_step, reverse=True)
    return _approved(open_now[0]) if open_now else None


def _approved(found: LadderFacts) -> ApprovedStep:
    written, now = found.ladder.written, found.ladder.now
    assert written is not None, "only a ladder that was written is agreed to"  # noqa: S101 - an invariant
    place = now.step if now else found.ladder.place.step
    return ApprovedStep(
        ladder_id=found.id,
        step=place,
        text=written.steps[place].text,
        expected=written.steps[place].expected,
        limit=written.limit,
        begun_at=found.begun_at,
        distress=now.last if now is not None and found.ladder.on_a_step else None,
    )


def _ladders(patient_id: UUID) -> tuple[LadderFacts, ...]:
    rows = LadderRow.objects.filter(patient_id=patient_id).order_by("-written_at", "id")
    return tuple(_ladder(row.id, store.read(StreamName(LADDER, row.id))) for row in rows)


def _ladder(ladder_id: UUID, recorded: list[Recorded]) -> LadderFacts:
    now, tried = Ladder(), list[Tried]()
    written_at = begun_at = recorded[0].recorded_at
    for one in recorded:
        before, now = now, ladder.after(now, one.event)
        match one.event:
            case LadderWritten():
                written_at = one.recorded_at
            case StepBegun():
                begun_at = one.recorded_at
            case AttemptEnded() if before.written is not None:
                attempt, written = now.tries[-1], before.written
                text = written.steps[attempt.step].text
                tried.append(Tried(begun_at=begun_at, text=text, limit=written.limit, attempt=attempt))
    return LadderFacts(
        id=ladder_id,
        written_at=written_at,
        begun_at=begun_at if now.now else None,
        ladder=now,
        tried=tuple(tried),
    )


def _facts(row: ExerciseRow) -> ExerciseFacts:
    kept: dict[str, Any] = columns.open(row.patient_id, bytes(row.sealed), column=SEALED)
    return ExerciseFacts(
        id=row.id,
        worksheet=WORKSHEETS[kept["worksheet"]],
        begun_at=row.begun_at,
        changed_at=row.changed_at,
        closed_at=row.closed_at,
        values=kept["values"],
        status=kept["status"],
    )
