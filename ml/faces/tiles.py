"""At which sizes a large picture is searched for faces, and in which tiles: a pure plan.

A tile shows faces from the least that are looked for up to what two neighbours share; larger ones are looked for at the
next size, up to one at which the whole picture is a single tile.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

LEAST_FACE: Final = 20.0
"""Pixels; O-Net wants 48 and is not to be trusted far below half of it."""
LONGEST: Final = 1920
"""A picture, or a copy of one, whose longer side is no more is searched as a whole."""
TILE: Final = 1024
_LARGER: Final = 1.5
"""Tiles overlap by the least face of the next size, times this: a face lies whole in a tile or is seen at that size."""
_FARTHEST: Final = TILE / 2 / (LEAST_FACE * _LARGER)
"""Sizes further apart would have tiles overlap by more than their half: more work than another size in between."""


@dataclass(frozen=True)
class Level:
    """A copy `factor` times smaller than the picture, and its tiles: side, and what neighbours share; in its pixels."""

    factor: float
    width: int
    height: int
    tile: int
    overlap: int

    def corners(self) -> Iterator[tuple[int, int]]:
        """Left and top of each tile; those at the right and at the bottom may be smaller."""
        step = self.tile - self.overlap
        for top in range(0, max(self.height - self.overlap, 1), step):
            for left in range(0, max(self.width - self.overlap, 1), step):
                yield left, top


def levels(width: int, height: int) -> list[Level]:
    """For a picture of that size, from its own size down; sizes at which it is too narrow for a face are left out."""
    factor = max(width, height) / LONGEST
    if factor <= 1:
        return [Level(1.0, width, height, LONGEST, 0)]
    factors = [1.0]
    while factor / factors[-1] > _FARTHEST:
        factors.append(2 * factors[-1])
    pairs = pairwise([*factors, factor])
    found = [_level(width, height, one, TILE, round(LEAST_FACE * _LARGER * then / one)) for one, then in pairs]
    found.append(_level(width, height, factor, LONGEST, 0))
    return [level for level in found if level.factor == 1 or min(width, height) >= LEAST_FACE * level.factor]


def _level(width: int, height: int, factor: float, tile: int, overlap: int) -> Level:
    return Level(factor, max(1, round(width / factor)), max(1, round(height / factor)), tile, overlap)
