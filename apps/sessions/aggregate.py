"""The rules of a session: its history in, new events out. Pure; the clock and the log are the caller's."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from apps.sessions import mood
from apps.sessions.events import (
    EmotionCorrected,
    EmotionShifted,
    FaceClaimed,
    FeedbackGiven,
    MoodReported,
    SessionEnded,
    SessionOpened,
    SessionPaused,
    SessionResumed,
)

UNSAID = 0.5
"""Intensity of a corrected emotion: the patient names it and gives no strength."""


class SessionUnknown(Exception):
    """No such session."""


class SessionExists(Exception):
    """A session of this id was opened before."""


class SessionClosed(Exception):
    """The session has ended and takes nothing."""


class Phase(enum.StrEnum):
    """Where a session stands."""

    ABSENT = "absent"
    OPEN = "open"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session as its events leave it."""

    phase: Phase = Phase.ABSENT
    patient_id: UUID | None = None
    opened_at: datetime | None = None
    camera: bool = False
    emotion: str | None = None
    shifted_at: datetime | None = None
    version: int = 0

    @property
    def reads_frames(self) -> bool:
        """Whether frames may be read now, consent aside."""
        return self.phase is Phase.OPEN


class History(Protocol):
    """What a recorded event tells the aggregate."""

    @property
    def event(self) -> Any: ...
    @property
    def version(self) -> int: ...


def apply(session: Session, event: object) -> Session:
    """The session after one event; events that change nothing here leave it as it is."""
    match event:
        case SessionOpened(patient_id=patient_id, opened_at=at, camera=camera):
            return replace(session, phase=Phase.OPEN, patient_id=patient_id, opened_at=at, camera=camera)
        case EmotionShifted(to_emotion=emotion, noted_at=at):
            return replace(session, emotion=emotion, shifted_at=at)
        case SessionPaused():
            return replace(session, phase=Phase.PAUSED)
        case SessionResumed():
            return replace(session, phase=Phase.OPEN)
        case SessionEnded():
            return replace(session, phase=Phase.ENDED)
    return session


def replay(history: Iterable[History]) -> Session:
    """The session that a history leaves."""
    session = Session()
    for recorded in history:
        session = replace(apply(session, recorded.event), version=recorded.version)
    return session


def start(
    session: Session, *, patient_id: UUID, camera: bool, consents: Iterable[str], at: datetime
) -> list[SessionOpened]:
    """Open a session that was never opened.

    Raises:
        SessionExists: it was.
    """
    if session.phase is not Phase.ABSENT:
        raise SessionExists
    given = tuple(sorted(consents))
    return [SessionOpened(patient_id=patient_id, opened_at=at, camera=camera and "camera" in given, consents=given)]


def report_mood(session: Session, *, valence: int, distress: int | None, at: datetime) -> list[object]:
    """Record the mood, and the shift where it says another emotion than stands. A paused session shifts nothing."""
    _must_be_open(session)
    reported = MoodReported(valence=valence, distress=distress, reported_at=at)
    emotion, intensity = mood.emotion_of_mood(valence, distress), mood.intensity_of_mood(valence, distress)
    return [reported, *note_shift(session, to=emotion, intensity=intensity, source="mood", at=at)]


def correct(session: Session, *, emotion: str, at: datetime) -> list[object]:
    """Record that the patient names another emotion; what the patient says then stands."""
    _must_be_open(session)
    corrected = EmotionCorrected(read=session.emotion, emotion=emotion, corrected_at=at)
    return [corrected, *note_shift(session, to=emotion, intensity=UNSAID, source="correction", at=at)]


def note_shift(session: Session, *, to: str, intensity: float, source: str, at: datetime) -> list[EmotionShifted]:
    """Note that another emotion lasts now. Nothing where it stands already, or while the session is paused."""
    _must_be_open(session)
    if session.phase is Phase.PAUSED or to == session.emotion:
        return []
    strength = min(1.0, max(0.0, intensity))
    return [EmotionShifted(from_emotion=session.emotion, to_emotion=to, intensity=strength, source=source, noted_at=at)]


def pause(session: Session, *, at: datetime) -> list[SessionPaused]:
    """Pause an open session; a paused one stays so and nothing is written."""
    _must_be_open(session)
    return [] if session.phase is Phase.PAUSED else [SessionPaused(paused_at=at)]


def resume(session: Session, *, at: datetime) -> list[SessionResumed | FaceClaimed]:
    """Resume a paused session. In one that is open and reads a camera, the patient claims the face in view."""
    _must_be_open(session)
    if session.phase is Phase.PAUSED:
        return [SessionResumed(resumed_at=at)]
    return [FaceClaimed(claimed_at=at)] if session.camera else []


def give_feedback(
    session: Session, *, distress: int, satisfaction: int, text: str, at: datetime
) -> list[FeedbackGiven]:
    """Record what the patient says about the session."""
    _must_be_open(session)
    return [FeedbackGiven(distress=distress, satisfaction=satisfaction, text=text, given_at=at)]


def end(session: Session, *, reason: str, at: datetime) -> list[SessionEnded]:
    """End an open or paused session."""
    _must_be_open(session)
    return [SessionEnded(ended_at=at, reason=reason)]


def _must_be_open(session: Session) -> None:
    if session.phase is Phase.ABSENT:
        raise SessionUnknown
    if session.phase is Phase.ENDED:
        raise SessionClosed
