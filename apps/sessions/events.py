"""What happened in a live session: its public language.

Decisions stand on the stream ``session-<id>``; seconds of readings stand on ``observations-<id>``, so that replaying
the decisions never decodes half an hour of frames.
"""

from datetime import datetime
from uuid import UUID

from eventstore.event import event

SESSION = "session"
OBSERVATIONS = "observations"


@event("session.opened.v1")
class SessionOpened:
    """A patient began a session, with the consents that stood at that moment."""

    patient_id: UUID
    opened_at: datetime
    camera: bool  # whether frames were meant to come; a session works without
    consents: tuple[str, ...]


@event("session.mood_reported.v1")
class MoodReported:
    """The patient said how it is; stands beside the readings, never below them."""

    valence: int  # -5 (very low) to 5 (very good)
    distress: int | None  # subjective units of distress, 0 to 100
    reported_at: datetime


@event("session.shift_noted.v1")
class EmotionShifted:
    """The emotional state changed and lasted. Whatever answers to emotions answers to this event."""

    from_emotion: str | None  # None: the session's first stable state
    to_emotion: str
    intensity: float  # 0 to 1
    source: str  # "face", "mood" or "correction"
    noted_at: datetime


@event("session.corrected.v1")
class EmotionCorrected:
    """The patient said that the reading was wrong."""

    read: str | None  # the state as it stood; None: nothing stood yet
    emotion: str  # what the patient says it is
    corrected_at: datetime


@event("session.paused.v1")
class SessionPaused:
    """No frames are taken until the session is resumed."""

    paused_at: datetime


@event("session.resumed.v1")
class SessionResumed:
    """Frames may come again."""

    resumed_at: datetime


@event("session.face_claimed.v1")
class FaceClaimed:
    """The patient said that the face in view is theirs after all; whatever is read from here on is of that face."""

    claimed_at: datetime


@event("session.feedback_given.v1")
class FeedbackGiven:
    """What the patient says about the session as a whole."""

    distress: int  # 0 to 100
    satisfaction: int  # 1 to 5
    text: str
    given_at: datetime


@event("session.ended.v1")
class SessionEnded:
    """The session takes nothing more."""

    ended_at: datetime
    reason: str  # "patient", "abandoned" or "time_limit"


@event("session.emotions_observed.v1")
class EmotionsObserved:
    """One second of one face, as the classifier read it. Carries no pixels."""

    started_at: datetime  # camera clock, UTC
    offsets_ms: tuple[int, ...]  # one a frame, from started_at
    probabilities: bytes  # (frames, 7) uint8, row-major, columns in EMOTIONS order, 255 = certain; all 0 = abstained
    weights: str  # name@sha256[:8]
