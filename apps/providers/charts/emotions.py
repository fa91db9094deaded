"""Emotions over time: a column a session (mean shares), and one session as stacked areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID

from apps.providers.charts.scale import Scale, text
from apps.providers.charts.scores import LEFT, RIGHT, ticks, time_scale
from apps.sessions.selectors import CHART_BUCKET_S, SessionMean, TrackPoint
from ml.vocabulary import EMOTIONS, Emotion

_TOP: Final = 8
_BOTTOM: Final = 130
_WIDEST: Final = 14
_NARROWEST: Final = 2
BUCKET: Final = timedelta(seconds=CHART_BUCKET_S)
BREAK: Final = 3 * BUCKET
"""A longer silence is drawn as a gap."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """One emotion's part of one column."""

    emotion: Emotion
    percent: int
    y: str
    height: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One session's mean. `read` is the share of stretches (0 to 100) in which a face was read at all."""

    session_id: UUID
    at: datetime
    x: str
    width: str
    shares: tuple[Share, ...]
    read: int

    @property
    def foremost(self) -> Share:
        return max(self.shares, key=lambda share: share.percent)


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """One emotion's area in a session, as an SVG path."""

    emotion: Emotion
    path: str
    percent: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionAreas:
    """One session's course. `minutes` are rows for the table: minute, percents in EMOTIONS order (None: not read)."""

    areas: tuple[Area, ...]
    ticks: tuple[tuple[str, datetime], ...]
    minutes: tuple[tuple[int, tuple[int, ...] | None], ...]


def columns(means: Sequence[SessionMean], *, start: datetime, end: datetime) -> tuple[Column, ...]:
    """A column for each session in which a face was read, oldest first; none so wide that it hides the next one."""
    x = time_scale(start, end)
    read = [one for one in means if one.probabilities]
    places = [x.moment(one.at) for one in read]
    return tuple(
        _column(one, place=place, width=width) for one, place, width in zip(read, places, _widths(places), strict=True)
    )


def areas(points: Sequence[TrackPoint]) -> SessionAreas | None:
    """One session's stacked areas; None when no face was read. Stretches without a face are left white."""
    if not any(point.probabilities for point in points):
        return None
    start, end = points[0].at, points[-1].at + BUCKET
    x = Scale(start.timestamp(), end.timestamp(), LEFT, RIGHT)
    means = mean(points) or ()
    shapes = [
        Area(emotion=emotion, path=_path(points, x, index), percent=round(100 * means[index]))
        for index, emotion in enumerate(EMOTIONS)
    ]
    return SessionAreas(areas=tuple(shapes), ticks=ticks(x, start, end), minutes=_minutes(points))


def mean(points: Sequence[TrackPoint]) -> tuple[float, ...] | None:
    """The mean share of each emotion, weighted by frames; None when no face was read."""
    read = [(point.probabilities, max(point.frames, 1)) for point in points if point.probabilities]
    weight = sum(frames for _, frames in read)
    if not weight:
        return None
    sums = [sum(values[index] * frames for values, frames in read) for index in range(len(EMOTIONS))]
    whole = sum(sums) or 1.0
    return tuple(value / whole for value in sums)


def _widths(places: Sequence[float]) -> list[float]:
    """For each place (in ascending order) as much as there is to its nearer neighbour, within the two limits."""
    gaps = [later - earlier for earlier, later in pairwise(places)]
    nearer = map(min, [*gaps[:1], *gaps], [*gaps, *gaps[-1:]]) if gaps else [float(_WIDEST)] * len(places)
    return [min(max(gap, _NARROWEST), _WIDEST) for gap in nearer]


def _column(one: SessionMean, *, place: float, width: float) -> Column:
    return Column(
        session_id=one.session_id,
        at=one.at,
        x=text(place - width / 2),
        width=text(width),
        shares=_stack(one.probabilities or ()),
        read=round(100 * one.read),
    )


def _stack(means: Sequence[float]) -> tuple[Share, ...]:
    shares, bottom = [], float(_BOTTOM)
    for emotion, share in zip(EMOTIONS, means, strict=True):
        height = share * (_BOTTOM - _TOP)
        bottom -= height
        shares.append(Share(emotion=emotion, percent=round(100 * share), y=text(bottom), height=text(height)))
    return tuple(shares)


def _path(points: Sequence[TrackPoint], x: Scale, index: int) -> str:
    """The outline of one emotion's layer, a piece for each stretch in which a face was read."""
    y = Scale(0, 1, _BOTTOM, _TOP)
    pieces = []
    for stretch in _stretches(points):
        lower = [(x.moment(at), y.at(sum(values[:index]))) for at, values in stretch]
        upper = [(x.moment(at), y.at(sum(values[: index + 1]))) for at, values in stretch]
        outline = [*upper, *reversed(lower)]
        pieces.append("M" + "L".join(f"{text(left)} {text(top)}" for left, top in outline) + "Z")
    return "".join(pieces)


def _stretches(points: Sequence[TrackPoint]) -> list[list[tuple[datetime, tuple[float, ...]]]]:
    """Runs of readings without a break, each held until its last bucket ends."""
    stretches: list[list[tuple[datetime, tuple[float, ...]]]] = []
    for point in points:
        if point.probabilities is None:
            continue
        whole = sum(point.probabilities) or 1.0
        if not stretches or point.at - stretches[-1][-1][0] > BREAK:
            stretches.append([])
        stretches[-1].append((point.at, tuple(value / whole for value in point.probabilities)))
    return [[*stretch, (stretch[-1][0] + BUCKET, stretch[-1][1])] for stretch in stretches]


def _minutes(points: Sequence[TrackPoint]) -> tuple[tuple[int, tuple[int, ...] | None], ...]:
    by_minute: dict[int, list[TrackPoint]] = {}
    for point in points:
        by_minute.setdefault(int((point.at - points[0].at).total_seconds() // 60), []).append(point)
    rows = []
    for minute, members in sorted(by_minute.items()):
        means = mean(members)
        rows.append((minute, None if means is None else tuple(round(100 * value) for value in means)))
    return tuple(rows)
