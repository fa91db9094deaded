"""The only writer of sessions' streams: load, decide, append.

Each command raises SessionUnknown, SessionClosed or SessionExists when the rules say no, after which retrying won't
help, and gives the stream's version. A command id that ran before gives the version of that time and writes nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.sessions import aggregate
from apps.sessions.aggregate import Session, SessionClosed, SessionUnknown
from apps.sessions.events import OBSERVATIONS, SESSION, EmotionsObserved
from eventstore import store
from eventstore.actor import Actor
from eventstore.anew import anew
from eventstore.stream import StreamName

Decide = Callable[[Session], Sequence[Any]]


def load(session_id: UUID) -> Session:
    """The session as it stands; its phase is ABSENT where there is none."""
    return aggregate.replay(store.read(StreamName(SESSION, session_id)))


def open_session(
    session_id: UUID,
    *,
    patient_id: UUID,
    camera: bool,
    consents: Iterable[str],
    at: datetime,
    actor: Actor,
    command_id: UUID,
) -> int:
    """Begin a session under an id of the caller's."""
    stream = StreamName(SESSION, session_id)
    ran = store.done(stream, command_id)
    if ran is not None:
        return ran
    events = aggregate.start(load(session_id), patient_id=patient_id, camera=camera, consents=consents, at=at)
    return store.append(stream, events, expected=0, actor=actor, command_id=command_id, subject=patient_id)


def report_mood(
    session_id: UUID, *, valence: int, distress: int | None, at: datetime, actor: Actor, command_id: UUID
) -> int:
    """Record a reported mood, and the shift that it means."""
    return _decide(
        session_id,
        lambda session: aggregate.report_mood(session, valence=valence, distress=distress, at=at),
        actor=actor,
        command_id=command_id,
    )


def correct(session_id: UUID, *, emotion: str, at: datetime, actor: Actor, command_id: UUID) -> int:
    """Record that the patient names another emotion than was read."""
    return _decide(
        session_id,
        lambda session: aggregate.correct(session, emotion=emotion, at=at),
        actor=actor,
        command_id=command_id,
    )


def note_shift(
    session_id: UUID, *, to: str, intensity: float, source: str, at: datetime, actor: Actor, command_id: UUID
) -> int:
    """Note that another emotion lasts now."""
    return _decide(
        session_id,
        lambda session: aggregate.note_shift(session, to=to, intensity=intensity, source=source, at=at),
        actor=actor,
        command_id=command_id,
    )


def pause(session_id: UUID, *, at: datetime, actor: Actor, command_id: UUID) -> int:
    """Take no frames until resumed."""
    return _decide(session_id, lambda session: aggregate.pause(session, at=at), actor=actor, command_id=command_id)


def resume(session_id: UUID, *, at: datetime, actor: Actor, command_id: UUID) -> int:
    """Take frames again; in an open session, record that the face in view is the patient's."""
    return _decide(session_id, lambda session: aggregate.resume(session, at=at), actor=actor, command_id=command_id)


def give_feedback(
    session_id: UUID, *, distress: int, satisfaction: int, text: str, at: datetime, actor: Actor, command_id: UUID
) -> int:
    """Record what the patient says about the session."""
    return _decide(
        session_id,
        lambda session: aggregate.give_feedback(
            session, distress=distress, satisfaction=satisfaction, text=text, at=at
        ),
        actor=actor,
        command_id=command_id,
    )


def end_session(session_id: UUID, *, reason: str, at: datetime, actor: Actor, command_id: UUID) -> int:
    """End a session; it takes nothing more."""
    return _decide(
        session_id, lambda session: aggregate.end(session, reason=reason, at=at), actor=actor, command_id=command_id
    )


def end_if_open(session_id: UUID, *, reason: str, at: datetime, actor: Actor, command_id: UUID) -> bool:
    """End a session unless it has ended by itself meanwhile, or nobody can read it since its patient is erased. Whether
    this call ended it.
    """
    try:
        end_session(session_id, reason=reason, at=at, actor=actor, command_id=command_id)
    except (SessionClosed, SessionUnknown):
        return False
    return True


def observe(session_id: UUID, observed: EmotionsObserved, *, patient_id: UUID, actor: Actor, command_id: UUID) -> int:
    """Append a second of readings, without replaying those before it."""
    stream = StreamName(OBSERVATIONS, session_id)
    return store.append(stream, [observed], expected=None, actor=actor, command_id=command_id, subject=patient_id)


def _decide(session_id: UUID, decide: Decide, *, actor: Actor, command_id: UUID) -> int:
    """Load, decide, append; anew when somebody wrote in between.

    Raises:
        WrongExpectedVersion: others wrote first each time; retry.
    """
    stream = StreamName(SESSION, session_id)
    ran = store.done(stream, command_id)
    if ran is not None:
        return ran

    def decided() -> int:
        session = load(session_id)
        return store.append(stream, decide(session), expected=session.version, actor=actor, command_id=command_id)

    return anew(decided)
