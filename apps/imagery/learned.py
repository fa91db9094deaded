"""What a patient's ratings say, as plain figures that a patient can check. Pure.

The engine learns more than this (times of day, weather, colours, what face and mood did after a picture), by weights
that nobody can read; these are the same responses, counted and averaged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

FEWEST: Final = 2
"""Ratings of one sort from which on their average is told."""


@dataclass(frozen=True, slots=True)
class Average:
    """The ratings (-2 to 2) of pictures of one kind or style."""

    key: str
    count: int
    mean: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """What is learned from: pictures since the last reset, how they were answered, and what never comes again.

    `moods` and `faces` count the pictures after which a change of mood or face was measured; `kinds` and `styles` are
    best liked first; `upsetting` are kinds of scenes that stay out, whatever was reset.
    """

    since: datetime | None
    shown: int
    rated: int
    moods: int
    faces: int
    kinds: tuple[Average, ...]
    styles: tuple[Average, ...]
    upsetting: tuple[str, ...]


def summed_up(seen: Sequence[Mapping[str, Any]], *, upsetting: Iterable[str], since: datetime | None) -> Learned:
    """The figures of the pictures seen."""
    return Learned(
        since=since,
        shown=len(seen),
        rated=_given(seen, "rating"),
        moods=_given(seen, "mood"),
        faces=_given(seen, "felt"),
        kinds=_averages(seen, "kind"),
        styles=_averages(seen, "style"),
        upsetting=tuple(upsetting),
    )


def _given(seen: Iterable[Mapping[str, Any]], name: str) -> int:
    return sum(one.get(name) is not None for one in seen)


def _averages(seen: Iterable[Mapping[str, Any]], name: str) -> tuple[Average, ...]:
    ratings: dict[str, list[int]] = {}
    for one in seen:
        if one.get("rating") is not None and one.get(name):
            ratings.setdefault(one[name], []).append(one["rating"])
    found = [Average(key, len(of), sum(of) / len(of)) for key, of in ratings.items() if len(of) >= FEWEST]
    return tuple(sorted(found, key=lambda one: (-one.mean, one.key)))
