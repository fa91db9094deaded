"""What a session's events say about how the patient feels now, as the engine wants to know it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from apps.sessions.events import EmotionShifted, MoodReported

HARD: Final = frozenset({"anger", "disgust", "fear", "sadness"})
LATELY: Final = timedelta(minutes=3)
RESTLESS: Final = 6
"""Shifts within LATELY that count as full volatility."""
SAID_LATELY: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Feeling:
    """As `ml.prompting.state.State` takes it; kept apart, since this module is the web's and the engine isn't."""

    emotion: str
    intensity: float
    trend: float
    persistence_s: float
    volatility: float
    distress: int | None


def feeling(events: Sequence[Any], emotion: str, intensity: float, at: datetime) -> Feeling:
    """The feeling at a moment, given the session's events so far and the emotion that asked for a picture."""
    shifts = [event for event in events if isinstance(event, EmotionShifted) and event.noted_at <= at]
    moods = [event for event in events if isinstance(event, MoodReported) and event.reported_at <= at]
    lately = [shift for shift in shifts if at - shift.noted_at < LATELY]
    since = shifts[-1].noted_at if shifts else at
    said = moods[-1] if moods and at - moods[-1].reported_at < SAID_LATELY else None
    return Feeling(
        emotion=emotion,
        intensity=round(intensity, 4),
        trend=_trend(shifts),
        persistence_s=round((at - since).total_seconds(), 1),
        volatility=round(min(1.0, max(0, len(lately) - 1) / RESTLESS), 4),
        distress=said.distress if said else None,
    )


def _trend(shifts: Sequence[EmotionShifted]) -> float:
    """How the load changed with the last shift, -1 (eased) to 1 (grew): the strength of hard feelings, others are 0."""
    loads = [shift.intensity if shift.to_emotion in HARD else 0.0 for shift in shifts[-2:]]
    return round(loads[1] - loads[0], 4) if len(loads) == 2 else 0.0
