"""The emotion track: seconds of readings packed into minutes, and minutes drawn as points. Pure.

A second is ten bytes: its place in the minute, how many frames were read, on how many the reader abstained, and the
mean of those read, seven shares of 255 in EMOTIONS order.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import compress
from operator import mul
from typing import Final

from apps.sessions.observing import pack_probabilities, unpack_probabilities
from ml.vocabulary import EMOTIONS

_SECOND: Final = struct.Struct("BBB7s")
_MEAN_AT: Final = 3
_MOST = 255
MINUTE_S: Final = 60


@dataclass(frozen=True, slots=True)
class Point:
    """A stretch of the track: its beginning, the mean of the frames read (None where none was), and how many."""

    at: datetime
    probabilities: tuple[float, ...] | None
    frames: int


@dataclass(frozen=True, slots=True)
class Mean:
    """A whole track: its beginning, the mean of the frames read (None where none was), and how many stretches it has.

    `read` are those in which any frame was read.
    """

    at: datetime
    probabilities: tuple[float, ...] | None
    stretches: int
    read: int


def minute_of(at: datetime) -> int:
    """Minutes since 1970."""
    return int(at.timestamp()) // MINUTE_S


def pack_second(at: datetime, probabilities: bytes) -> bytes:
    """Ten bytes for one event's readings, which began at ``at``."""
    rows = unpack_probabilities(probabilities)
    read = [row for row in rows if row is not None]
    mean = pack_probabilities(_mean([(row, 1) for row in read]) if read else None)
    return _SECOND.pack(int(at.timestamp()) % MINUTE_S, min(_MOST, len(read)), min(_MOST, len(rows) - len(read)), mean)


def points(minutes: Iterable[tuple[int, bytes]], bucket_s: int) -> Iterator[Point]:
    """The track as one point for each stretch of ``bucket_s`` seconds that has readings, oldest first."""
    stretch: list[tuple[tuple[float, ...] | None, int]] = []
    began = -1
    for second, row, frames in _seconds(minutes):
        if stretch and second // bucket_s != began:
            yield _point(began * bucket_s, stretch)
            stretch = []
        began = second // bucket_s
        stretch.append((row, frames))
    if stretch:
        yield _point(began * bucket_s, stretch)


def mean(minutes: Sequence[tuple[int, bytes]], bucket_s: int) -> Mean:
    """The mean of what `points` tells one by one. ``minutes`` in order, at least one; ``bucket_s`` divides a minute.

    Summed a column at a time, without a tuple for each second: a chart of years has hundreds of thousands of them.
    """
    size, stretch_of = _SECOND.size, bytes(place // bucket_s for place in range(256))
    sums = [0] * len(EMOTIONS)
    stretches = read = 0
    for _, packed in minutes:
        frames, places = packed[1::size], packed[0::size].translate(stretch_of)
        sums = [total + sum(map(mul, frames, packed[_MEAN_AT + one :: size])) for one, total in enumerate(sums)]
        stretches += len(set(places))
        read += len(set(compress(places, frames)))
    (minute, packed), whole = minutes[0], sum(sums)
    began = minute * MINUTE_S + min(packed[0::size]) // bucket_s * bucket_s
    return Mean(
        at=datetime.fromtimestamp(began, UTC),
        probabilities=tuple(total / whole for total in sums) if whole else None,
        stretches=stretches,
        read=read,
    )


def _seconds(minutes: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, tuple[float, ...] | None, int]]:
    for minute, packed in minutes:
        seconds = [_SECOND.unpack_from(packed, at) for at in range(0, len(packed), _SECOND.size)]
        for place, frames, _, mean in sorted(seconds, key=lambda second: second[0]):
            yield minute * MINUTE_S + place, unpack_probabilities(mean)[0], frames


def _point(second: int, stretch: Sequence[tuple[tuple[float, ...] | None, int]]) -> Point:
    read = [(row, frames) for row, frames in stretch if row is not None and frames]
    return Point(
        at=datetime.fromtimestamp(second, UTC),
        probabilities=_mean(read) if read else None,
        frames=sum(frames for _, frames in read),
    )


def _mean(rows: Sequence[tuple[tuple[float, ...], int]]) -> tuple[float, ...]:
    total = sum(weight for _, weight in rows)
    return tuple(sum(row[column] * weight for row, weight in rows) / total for column in range(len(EMOTIONS)))
