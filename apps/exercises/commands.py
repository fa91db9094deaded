"""What may be done with exercises and ladders: load, decide, append. The only writer of their streams.

Each act needs a permit, so a machine, which gets none, begins nothing: exercises and steps are the patient's
(Right.ANSWER), writing and closing a ladder the clinician's (Right.SCHEDULE). All raise WrongPermit for another's,
WrongExpectedVersion when someone wrote first each time (reload and retry) and SubjectErased after an erasure.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid5

from django.utils import timezone

from access.door import Permit, Right
from apps.exercises import aggregate, exposure, ladder, selectors
from apps.exercises.aggregate import Exercise, ExerciseUnknown
from apps.exercises.events import EXERCISE, LADDER, LadderWritten
from apps.exercises.ladder import Ladder, LadderUnknown, NotNow
from apps.exercises.worksheets import worksheet
from eventstore import store
from eventstore.anew import anew
from eventstore.stream import StreamName

MADE: Final = UUID("d1a1f1a0-5f0e-5c0a-9c59-64c6c1c1e7b5")


def begin(permit: Permit, key: str, *, command_id: UUID) -> UUID:
    """Open a worksheet; a double click (the same command) opens one. Returns its id. Raises UnknownWorksheet."""
    permit.require(Right.ANSWER)
    wanted = worksheet(key)
    exercise_id = made_by(permit, command_id)
    _exercise(permit, exercise_id, lambda exercise, _: aggregate.begin(exercise, wanted), command_id)
    return exercise_id


def save(permit: Permit, exercise_id: UUID, given: Mapping[str, object], *, seen: int, command_id: UUID) -> Exercise:
    """Keep what changed against version `seen`, from which the writer started. Returns the exercise with it.

    Raises:
        ExerciseUnknown: there is no such exercise, or it's another patient's.
        ExerciseClosed, EntriesWrong: the rules say no; retrying won't help.
        ChangedElsewhere: both sides wrote into the same field; show both.
    """

    def rule(exercise: Exercise, history: list[Any]) -> list[object]:
        return aggregate.save(exercise, given, seen=aggregate.replay(history[:seen]))

    return _exercise(permit, exercise_id, rule, command_id)


def finish(permit: Permit, exercise_id: UUID, *, command_id: UUID) -> Exercise:
    """Be done with it. Raises ExerciseUnknown, ExerciseClosed, EntriesMissing."""
    return _exercise(permit, exercise_id, lambda exercise, _: aggregate.finish(exercise), command_id)


def set_aside(permit: Permit, exercise_id: UUID, *, command_id: UUID) -> Exercise:
    """Put it away as it is. Raises ExerciseUnknown, ExerciseClosed."""
    return _exercise(permit, exercise_id, lambda exercise, _: aggregate.set_aside(exercise), command_id)


def take_up(permit: Permit, exercise_id: UUID, *, command_id: UUID) -> Exercise:
    """Go on with one that was put away. Raises ExerciseUnknown, ExerciseClosed."""
    return _exercise(permit, exercise_id, lambda exercise, _: aggregate.take_up(exercise), command_id)


def wish_picture(permit: Permit, exercise_id: UUID, *, wish_id: UUID, command_id: UUID) -> Exercise:
    """Say that the patient asks for a picture; who paints it asks first whether one may be painted now.

    Raises:
        ExerciseUnknown, PictureNotReady: retrying won't help.
    """
    return _exercise(permit, exercise_id, lambda exercise, _: aggregate.wish_picture(exercise, wish_id), command_id)


def write_ladder(permit: Permit, wanted: LadderWritten, *, command_id: UUID, ladder_id: UUID | None = None) -> UUID:
    """Write a new ladder, or write one anew. Returns its id. Raises LadderUnknown, LadderWrong, NotNow."""
    permit.require(Right.SCHEDULE)
    known = ladder_id is not None

    def rule(now: Ladder) -> list[object]:
        if known and now.written is None:
            raise LadderUnknown
        return exposure.write(now, wanted, calms=_calms(permit, ladder_id, now))

    ladder_id = ladder_id or made_by(permit, command_id)
    _ladder(permit, ladder_id, rule, command_id)
    return ladder_id


def close_ladder(permit: Permit, ladder_id: UUID, *, command_id: UUID) -> Ladder:
    """Close it for good. Raises LadderUnknown, NotNow."""
    permit.require(Right.SCHEDULE)
    return _ladder(permit, ladder_id, lambda now: exposure.close(now, calms=_calms(permit, ladder_id, now)), command_id)


def _calms(permit: Permit, ladder_id: UUID | None, now: Ladder) -> bool:
    """Whether the patient is on the ladder's calm picture at this moment; one left open for long is no such."""
    if ladder_id is None or now.now is None:
        return False
    return selectors.one_ladder(permit, ladder_id).calms(timezone.now())


def agree(permit: Permit, ladder_id: UUID, *, command_id: UUID, writing: int | None = None) -> Ladder:
    """Agree to the ladder as it stands, and as it was read: `writing`. Raises LadderUnknown, NotNow."""
    permit.require(Right.ANSWER)
    return _ladder(permit, ladder_id, lambda now: exposure.agree(now, writing=writing), command_id)


def withdraw(permit: Permit, ladder_id: UUID, *, command_id: UUID) -> Ladder:
    """Take the agreement back; from a step that leads to calm. Raises LadderUnknown."""
    permit.require(Right.ANSWER)
    return _ladder(permit, ladder_id, exposure.withdraw, command_id)


def begin_step(
    permit: Permit, ladder_id: UUID, *, step: int, distress: int, command_id: UUID, writing: int | None = None
) -> Ladder:
    """Begin a step that is open, where no other ladder is on one, or on the calm picture after one.

    Raises LadderUnknown, NotNow, DistressWrong.
    """
    permit.require(Right.ANSWER)

    def rule(now: Ladder) -> list[object]:
        others, at = [one for one in selectors.ladders(permit) if one.id != ladder_id], timezone.now()
        if any(one.ladder.on_a_step or one.calms(at) for one in others):
            raise NotNow("on_a_step")
        attempt_id = uuid5(MADE, str(command_id))
        return exposure.begin(now, attempt_id=attempt_id, step=step, distress=distress, writing=writing)

    return _ladder(permit, ladder_id, rule, command_id)


def say_distress(permit: Permit, ladder_id: UUID, *, distress: int, done: bool, command_id: UUID) -> Ladder:
    """Say how it is on the step; above the limit, or when done, calm begins. A step left open is never done.

    Raises LadderUnknown, NotNow, DistressWrong.
    """
    permit.require(Right.ANSWER)

    def rule(now: Ladder) -> list[object]:
        late = selectors.one_ladder(permit, ladder_id).left_open(timezone.now())
        return exposure.say(now, distress=distress, done=done, late=late)

    return _ladder(permit, ladder_id, rule, command_id)


def stop(permit: Permit, ladder_id: UUID, *, command_id: UUID) -> Ladder:
    """Stop the step at once. Raises LadderUnknown."""
    permit.require(Right.ANSWER)
    return _ladder(permit, ladder_id, exposure.stop, command_id)


def end_attempt(permit: Permit, ladder_id: UUID, *, distress: int | None, command_id: UUID) -> Ladder:
    """Leave the calm picture. Raises LadderUnknown, NotNow, DistressWrong."""
    permit.require(Right.ANSWER)
    return _ladder(permit, ladder_id, lambda now: exposure.end(now, distress=distress), command_id)


def made_by(permit: Permit, command_id: UUID) -> UUID:
    """The id of what a command makes for this patient."""
    return uuid5(MADE, f"{permit.patient_id}:{command_id}")


def _exercise(
    permit: Permit,
    exercise_id: UUID,
    rule: Callable[[Exercise, list[Any]], list[object]],
    command_id: UUID,
) -> Exercise:
    permit.require(Right.ANSWER)
    stream = StreamName(EXERCISE, exercise_id)

    def decided() -> Exercise:
        history = _history(permit, stream, ExerciseUnknown)
        wanted = partial(rule, aggregate.replay(history), history)
        return aggregate.replay(_append(permit, stream, history, command_id, wanted))

    return anew(decided)


def _ladder(permit: Permit, ladder_id: UUID, rule: Callable[[Ladder], list[object]], command_id: UUID) -> Ladder:
    stream = StreamName(LADDER, ladder_id)

    def decided() -> Ladder:
        history = _history(permit, stream, LadderUnknown)
        return ladder.replay(_append(permit, stream, history, command_id, partial(rule, ladder.replay(history))))

    return anew(decided)


def _history(permit: Permit, stream: StreamName, unknown: type[LookupError]) -> list[Any]:
    recorded = store.read(stream)
    if recorded and recorded[0].subject != permit.patient_id:
        raise unknown
    return [one.event for one in recorded]


def _append(
    permit: Permit, stream: StreamName, history: list[Any], command_id: UUID, rule: Callable[[], list[object]]
) -> list[Any]:
    """The history with what the rule adds; a command that ran before adds nothing."""
    events = [] if store.done(stream, command_id) is not None else rule()
    if events:
        store.append(
            stream,
            events,
            expected=len(history),
            actor=permit.actor,
            command_id=command_id,
            subject=permit.patient_id,
        )
    return [*history, *events]
