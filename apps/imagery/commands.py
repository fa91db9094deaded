"""The only writer of ``imagery-…`` streams: load, decide, append.

All raise SubjectErased after an erasure. Where someone wrote in between, they decide anew, and raise
WrongExpectedVersion only when that happened each time.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.imagery import aggregate
from apps.imagery.aggregate import Imagery
from apps.imagery.events import CATEGORY, RequestEnded
from eventstore import store
from eventstore.actor import Actor
from eventstore.anew import anew
from eventstore.stream import StreamName

Decide = Callable[[Imagery], Sequence[Any]]


def load(session_id: UUID) -> Imagery:
    """The session's pictures as they stand."""
    return aggregate.replay(store.read(StreamName(CATEGORY, session_id)))


def request(  # noqa: PLR0913 -- what was asked for, for whom, by whom
    session_id: UUID,
    request_id: UUID,
    *,
    patient_id: UUID,
    reason: str,
    emotion: str,
    intensity: float,
    at: datetime,
    actor: Actor,
    command_id: UUID,
    must_be_due: Callable[[Imagery], None] | None = None,
) -> int:
    """Ask for a picture; the same request id asks once.

    Args:
        must_be_due: asked of the pictures as they stand, again where somebody wrote in between: requests of a session
            that are decided at once would else all be the first. What it raises is let out, and nothing is written.
    """

    def decide(imagery: Imagery) -> Sequence[Any]:
        if must_be_due is not None and request_id not in imagery.requests:
            must_be_due(imagery)
        return aggregate.request(imagery, request_id, reason=reason, emotion=emotion, intensity=intensity, at=at)

    return _decide(session_id, decide, patient_id=patient_id, actor=actor, command_id=command_id)


def decline(
    session_id: UUID, request_id: UUID, *, reason: str, patient_id: UUID, at: datetime, actor: Actor, command_id: UUID
) -> int:
    """Note why nothing is painted for a shift; repeating it notes nothing twice."""
    return _decide(
        session_id,
        lambda imagery: aggregate.decline(imagery, request_id, reason=reason, at=at),
        patient_id=patient_id,
        actor=actor,
        command_id=command_id,
    )


def note(
    session_id: UUID, request_id: UUID, events: Sequence[Any], *, patient_id: UUID, actor: Actor, command_id: UUID
) -> int:
    """Record what happened on the way to an open request's answer, or the answer itself.

    Raises:
        RequestUnknown, RequestAnswered: there is nothing to do for it; retrying won't help.
    """

    def decide(imagery: Imagery) -> Sequence[Any]:
        aggregate.open_request(imagery, request_id)
        return events

    return _decide(session_id, decide, patient_id=patient_id, actor=actor, command_id=command_id)


def end_request(
    session_id: UUID, request_id: UUID, *, reason: str, patient_id: UUID, at: datetime, actor: Actor, command_id: UUID
) -> int:
    """End an open request without a picture. Raises as `note` does."""
    ended = RequestEnded(request_id=request_id, reason=reason, ended_at=at)
    return note(session_id, request_id, [ended], patient_id=patient_id, actor=actor, command_id=command_id)


def react(
    session_id: UUID,
    image_id: UUID,
    *,
    rating: int,
    note: str,
    patient_id: UUID,
    at: datetime,
    actor: Actor,
    command_id: UUID,
) -> int:
    """Rate a picture. Raises ImageUnknown, RatingOutOfRange: retrying won't help."""
    return _decide(
        session_id,
        lambda imagery: aggregate.react(imagery, image_id, rating=rating, note=note, at=at),
        patient_id=patient_id,
        actor=actor,
        command_id=command_id,
    )


def withdraw_image(
    session_id: UUID, image_id: UUID, *, patient_id: UUID, at: datetime, actor: Actor, command_id: UUID
) -> int:
    """Take a picture away at the patient's wish. Raises ImageUnknown: retrying won't help."""
    return _decide(
        session_id,
        lambda imagery: aggregate.withdraw(imagery, image_id, at=at),
        patient_id=patient_id,
        actor=actor,
        command_id=command_id,
    )


def measure(
    session_id: UUID, image_id: UUID, *, felt: float | None, mood: float | None, patient_id: UUID, actor: Actor,
    command_id: UUID,
) -> int:  # fmt: skip
    """Note how a picture was answered to; the same again notes nothing. Raises ImageUnknown: retrying won't help."""
    return _decide(
        session_id,
        lambda imagery: aggregate.measure(imagery, image_id, felt=felt, mood=mood),
        patient_id=patient_id,
        actor=actor,
        command_id=command_id,
    )


def _decide(session_id: UUID, decide: Decide, *, patient_id: UUID, actor: Actor, command_id: UUID) -> int:
    stream = StreamName(CATEGORY, session_id)
    ran = store.done(stream, command_id)
    if ran is not None:
        return ran

    def decided() -> int:
        imagery = load(session_id)
        events = decide(imagery)
        if not events:
            return imagery.version
        return store.append(
            stream, events, expected=imagery.version, actor=actor, command_id=command_id, subject=patient_id
        )

    return anew(decided)
