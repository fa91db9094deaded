"""Whole themes dealt into folds, so that what is chosen is chosen on themes that were not learned from."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from ml.safety.language.lines import Line, sources

FOLDS: Final = 4


def fold_of(theme: str) -> int:
    """Which fold holds out the theme of one of our lines, in [0, FOLDS). Raises KeyError for another theme."""
    return _dealt()[theme]


@cache
def _dealt() -> Mapping[str, int]:
    return deal(sources())


def deal(lines_of: Mapping[str, Sequence[Line]]) -> dict[str, int]:
    """Every theme's fold. Each hand's themes, the largest first, go where its lines are fewest so far.

    A theme that several hands wrote on stands in one fold.
    """
    folds = dict[str, int]()
    for lines in lines_of.values():
        sizes = Counter(line.theme for line in lines)
        held = [sum(size for theme, size in sizes.items() if folds.get(theme) == fold) for fold in range(FOLDS)]
        for theme, size in sorted(sizes.items(), key=lambda one: (-one[1], one[0])):
            if theme not in folds:
                folds[theme] = held.index(min(held))
                held[folds[theme]] += size
    return folds
