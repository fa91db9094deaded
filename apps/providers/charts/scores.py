"""One instrument's scores over time, over the bands of its source."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from apps.assessments.instruments import Instrument
from apps.providers.charts.scale import Scale, text
from apps.providers.line import ScorePoint

LEFT: Final = 30
RIGHT: Final = 730
_TOP: Final = 8
_BOTTOM: Final = 130
YEARLESS: Final = timedelta(days=300)
"""An axis that is longer says the year: a day and its month come again."""
LEVELS: Final = {"minimal": 0, "mild": 1, "moderate": 2, "moderately severe": 3, "severe": 4}


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """A stripe with its word; `level` 0 (the lowest band) to 4 picks the class."""

    level: int
    word: str
    y: str
    height: str
    middle: str
    lowest: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Dot:
    """One score, where it's drawn and what it says."""

    x: str
    y: str
    label_y: str
    point: ScorePoint


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreChart:
    """Geometry of one chart. `gaps` are forms without a total: marked below, never on the line."""

    bands: tuple[Band, ...]
    line: str
    dots: tuple[Dot, ...]
    gaps: tuple[str, ...]
    ticks: tuple[tuple[str, datetime], ...]


def score_chart(instrument: Instrument, points: Sequence[ScorePoint], *, start: datetime, end: datetime) -> ScoreChart:
    """The chart of an instrument that has a total, from `start` to `end`."""
    x = time_scale(start, end)
    y = Scale(0, instrument.highest, _BOTTOM, _TOP)
    whole = [(point, point.total) for point in points if point.total is not None]
    dots = tuple(_dot(x, y, point, total) for point, total in whole)
    return ScoreChart(
        bands=_bands(instrument, y),
        line=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        dots=dots,
        gaps=tuple(text(x.moment(point.at)) for point in points if point.total is None),
        ticks=ticks(x, start, end),
    )


def time_scale(start: datetime, end: datetime) -> Scale:
    """The shared axis of the charts that stand above each other."""
    return Scale(start.timestamp(), end.timestamp(), LEFT + 14, RIGHT - 14)


def ticks(x: Scale, start: datetime, end: datetime) -> tuple[tuple[str, datetime], ...]:
    """Up to five moments to write below the axis."""
    if end <= start:
        return ((text(x.moment(start)), start),)
    steps = [start + (end - start) * part / 4 for part in range(5)]
    return tuple((text(x.moment(at)), at) for at in steps)


def day_format(start: datetime, end: datetime) -> str:
    """How Django writes the days below an axis of this length."""
    return "j M Y" if end - start > YEARLESS else "j M"


def _dot(x: Scale, y: Scale, point: ScorePoint, total: int) -> Dot:
    top = y.at(total)
    return Dot(x=text(x.moment(point.at)), y=text(top), label_y=text(top - 9 if top > 24 else top + 18), point=point)


def _bands(instrument: Instrument, y: Scale) -> tuple[Band, ...]:
    total = instrument.total
    assert total is not None  # noqa: S101 - only instruments with a total are charted
    uppers = [*(band.lowest for band in total.bands[1:]), instrument.highest]
    stripes = []
    for band, upper in zip(total.bands, uppers, strict=True):
        top, bottom = y.at(upper), y.at(band.lowest)
        stripes.append(
            Band(
                level=LEVELS[band.word],
                word=band.word,
                y=text(top),
                height=text(bottom - top),
                middle=text((top + bottom) / 2 + 4),
                lowest=band.lowest,
            )
        )
    return tuple(stripes)
