"""Pictures of any size and shape are searched for faces of all sizes, in few tiles."""

import math
from functools import cache
from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ml.faces.everywhere import detect_everywhere
from ml.faces.nets import FaceNets
from ml.faces.tiles import LEAST_FACE, TILE, Level, levels

EDGE = 2
"""Pixels from a tile's edge at which a face counts as cut."""
SIZES = [
    (640, 480),
    (1921, 1080),
    (4000, 3000),
    (32_000, 32_000),
    (40_000, 40_000),
    (65_500, 1800),
    (65_535, 1000),
    (65_535, 65_535),
    (100_000, 1000),
    (1000, 100_000),
    (200_000, 30),
]


@cache
def _spans(level: Level, side: int, axis: int) -> list[tuple[int, int]]:
    """From where to where tiles reach along one axis."""
    return [(first, min(first + level.tile, side)) for first in sorted({corner[axis] for corner in level.corners()})]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_tiles_cover_the_picture_and_are_few(width: int, height: int) -> None:
    plan = levels(width, height)
    for level in plan:
        for axis, side in enumerate((level.width, level.height)):
            spans = _spans(level, side, axis)
            assert spans[0][0] == 0 and spans[-1][1] == side
            assert all(then[0] <= before[1] for before, then in pairwise(spans))
    needed = math.ceil(width / TILE) * math.ceil(height / TILE)
    assert sum(1 for level in plan for _ in level.corners()) < 4 * needed + 100


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_face_of_any_size_lies_whole_in_a_tile_of_a_size_at_which_it_is_seen(width: int, height: int) -> None:
    random = np.random.default_rng(0)
    for face in np.geomspace(LEAST_FACE, min(width, height), 60):
        shown = [level for level in levels(width, height) if face / level.factor >= LEAST_FACE * 0.999]
        places = [(random.uniform(0, width - face), random.uniform(0, height - face)) for _ in range(50)]
        places += [(0, 0), (width - face, height - face)]
        for left, top in places:
            assert any(
                _is_whole(level, level.width, 0, left, face) and _is_whole(level, level.height, 1, top, face)
                for level in shown
            ), (face, left, top)


def _is_whole(level: Level, side: int, axis: int, start: float, face: float) -> bool:
    """Whether some tile holds the face along one axis; where it ends with the picture, so may the face."""
    first, last = start / level.factor, min((start + face) / level.factor, side)
    return any(
        (low + EDGE <= first or low == 0) and (last <= high - EDGE or high == side)
        for low, high in _spans(level, side, axis)
    )


@pytest.mark.parametrize(("face", "height"), [(40, 64), (46, 48)])
def test_faces_in_a_strip_that_is_very_wide_are_found(
    face: int, height: int, nets: FaceNets, portrait: NDArray[np.uint8]
) -> None:
    """Of 65,535 pixels or more the tiles' overlap used to leave nothing of a tile."""
    strip = np.full((height, 65_600, 3), 128, np.uint8)
    head = cv2.resize(portrait[54:184, 158:288], (face, face), interpolation=cv2.INTER_AREA)
    for left in (300, 1000, 65_000):
        strip[1 : face + 1, left : left + face] = head
    lefts = [found.box.left for found in detect_everywhere(strip, nets)]
    assert len(lefts) == 3
    assert lefts == pytest.approx([300 + face / 6, 1000 + face / 6, 65_000 + face / 6], abs=face / 4)
