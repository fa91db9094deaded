"""Gathers what one patient's chart shows, from read models only."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from access.door import Permit
from apps.assessments.instruments import INSTRUMENTS
from apps.imagery.selectors import shown_images
from apps.patients.selectors import get_patients
from apps.providers import selectors
from apps.providers.charts import emotions, scores
from apps.providers.line import Line, Measure
from apps.sessions.selectors import SessionMean, TrackPoint, emotion_means, emotion_track, recent_sessions

SESSIONS: Final = 12
IMAGES: Final = 24
SHORTEST: Final = timedelta(days=14)
"""An axis never shows less, so that two scores of one day don't look like a steep course."""


def chart_of(permit: Permit, *, now: datetime) -> dict[str, Any] | None:
    """The chart's parts; None before anything of the patient is projected. One axis of time for scores and emotions."""
    line = selectors.line_of(permit, now=now)
    if line is None:
        return None
    means = emotion_means(permit)
    start = _start(line, means, now)
    sessions = recent_sessions(permit, SESSIONS)
    latest = _latest(permit, means)
    return {
        "line": line,
        "patient": next(iter(get_patients([permit])), None),
        "measures": [_measure(one, start=start, end=now) for one in (line.phq, line.gad)],
        "columns": emotions.columns(means, start=start, end=now),
        "ticks": scores.ticks(scores.time_scale(start, now), start, now),
        "days": scores.day_format(start, now),
        "areas": emotions.areas(latest),
        "areas_at": latest[0].at if latest else None,
        "sessions": sessions,
        "images": shown_images(permit, limit=IMAGES),
        "printed_at": now,
    }


def _measure(measure: Measure, *, start: datetime, end: datetime) -> dict[str, Any]:
    instrument = INSTRUMENTS[measure.instrument]
    return {
        "measure": measure,
        "instrument": instrument,
        "chart": scores.score_chart(instrument, measure.points, start=start, end=end),
        "newest_first": measure.points[::-1],
    }


def _latest(permit: Permit, means: Sequence[SessionMean]) -> list[TrackPoint]:
    read = [one.session_id for one in means if one.probabilities]
    return emotion_track(permit, session_id=read[-1]) if read else []


def _start(line: Line, means: Sequence[SessionMean], now: datetime) -> datetime:
    moments = [point.at for measure in (line.phq, line.gad) for point in measure.points]
    moments += [one.at for one in means[:1]]
    return min([*moments, now - SHORTEST])
