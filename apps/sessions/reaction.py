"""How a patient answered to a moment of a session, by face and by word. Pure: readings and moods in, changes out."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from apps.sessions.events import MoodReported
from apps.sessions.track import Point
from ml.vocabulary import EMOTIONS

BEFORE: Final = timedelta(seconds=15)
AFTER: Final = timedelta(seconds=30)
LEAST_FRAMES: Final = 5
"""Frames read on either side, below which a face says nothing about a change."""
MOOD_LASTS: Final = timedelta(minutes=10)
"""How long ago a mood may have been reported to count as the one before."""

_HARD: Final = frozenset({"anger", "disgust", "fear", "sadness"})
_MOST_VALENCE: Final = 5


def change_of_face(points: Iterable[Point], at: datetime, until: datetime) -> float | None:
    """How much brighter the face was in the half minute after `at` than before it, -1 to 1; None: too little was read.

    Brightness of a face is the share of happiness less that of anger, disgust, fear and sadness.
    """
    known = [point for point in points if point.probabilities is not None]
    before = _brightness([point for point in known if at - BEFORE <= point.at < at])
    after = _brightness([point for point in known if at <= point.at < min(until, at + AFTER)])
    return None if before is None or after is None else round((after - before) / 2, 4)


def change_of_mood(moods: Sequence[MoodReported], at: datetime, until: datetime) -> float | None:
    """The rise from the last mood reported before `at` to the last one before `until`, of a rise of 5 as 1."""
    before = [mood for mood in moods if at - MOOD_LASTS <= mood.reported_at < at]
    after = [mood for mood in moods if at <= mood.reported_at < until]
    if not before or not after:
        return None
    rise = (after[-1].valence - before[-1].valence) / _MOST_VALENCE
    return round(max(-1.0, min(1.0, rise)), 4)


def _brightness(points: Sequence[Point]) -> float | None:
    frames = sum(point.frames for point in points)
    if frames < LEAST_FRAMES:
        return None
    return sum(point.frames * _bright(point.probabilities) for point in points) / frames


def _bright(probabilities: tuple[float, ...] | None) -> float:
    read = dict(zip(EMOTIONS, probabilities or (), strict=False))
    return read.get("happiness", 0.0) - sum(share for emotion, share in read.items() if emotion in _HARD)
