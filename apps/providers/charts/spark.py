"""The small line in the caseload: twelve weeks of PHQ-9 over its bands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from apps.providers.charts.scale import Scale, text
from apps.providers.line import ScorePoint

WIDTH: Final = 132
HEIGHT: Final = 34
SPAN: Final = timedelta(weeks=12)
HIGHEST: Final = 27
_INSET: Final = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Spark:
    """`points` is an SVG polyline; `bands` are (class, y, height); `words` says the same as the picture."""

    points: str
    last: tuple[str, str]
    bands: tuple[tuple[str, str, str], ...]
    totals: tuple[int, ...]


def spark(points: Sequence[ScorePoint], *, now: datetime) -> Spark | None:
    """The line of the totals in the last twelve weeks; None when there are none."""
    shown = [(point.at, point.total) for point in points if point.total is not None and point.at >= now - SPAN]
    if not shown:
        return None
    x = Scale((now - SPAN).timestamp(), now.timestamp(), _INSET, WIDTH - _INSET)
    y = Scale(0, HIGHEST, HEIGHT - _INSET, _INSET)
    places = [(text(x.moment(at)), text(y.at(total))) for at, total in shown]
    return Spark(
        points=" ".join(f"{left},{top}" for left, top in places),
        last=places[-1],
        bands=(_band("act", y, 15, HIGHEST), _band("watch", y, 10, 15)),
        totals=tuple(total for _, total in shown),
    )


def _band(name: str, y: Scale, low: int, high: int) -> tuple[str, str, str]:
    top = 0.0 if high == HIGHEST else y.at(high)
    return name, text(top), text(y.at(low) - top)
