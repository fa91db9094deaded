"""How the session's own events look to its client."""

from apps.sessions.events import EmotionShifted, SessionEnded, SessionPaused, SessionResumed
from apps.sessions.socket import Body, register_durable
from eventstore.recorded import Recorded


def _state(event: EmotionShifted, _: Recorded) -> Body:
    return {
        "type": "state",
        "from": event.from_emotion,
        "to": event.to_emotion,
        "intensity": round(event.intensity, 3),
        "source": event.source,
    }


def _paused(_event: SessionPaused, _: Recorded) -> Body:
    return {"type": "notice", "code": "paused", "detail": "The session is paused; no frames are taken."}


def _resumed(_event: SessionResumed, _: Recorded) -> Body:
    return {"type": "notice", "code": "resumed", "detail": "The session goes on."}


def _closed(event: SessionEnded, _: Recorded) -> Body:
    return {"type": "closed", "reason": "ended", "by": event.reason}


def register() -> None:
    register_durable(EmotionShifted, _state)
    register_durable(SessionPaused, _paused)
    register_durable(SessionResumed, _resumed)
    register_durable(SessionEnded, _closed)
