"""All faces of one picture of any size, small ones too: at full size in tiles, the large ones on smaller copies.

So memory is bounded by a tile, whatever the picture's size; time grows with its pixels, about 0.4 s for each million.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.faces.detector import Face, detect, in_source
from ml.faces.geometry import Box, shared_with_smaller
from ml.faces.nets import FaceNets
from ml.faces.tiles import LEAST_FACE, LONGEST, Level, levels

_EDGE: Final = 2.0


def detect_everywhere(pixels: NDArray[np.uint8], nets: FaceNets) -> list[Face]:
    """The faces of an (H, W, 3) RGB picture, from left to right."""
    height, width = pixels.shape[:2]
    if max(width, height) <= LONGEST:
        found = detect([pixels], nets, least_face=LEAST_FACE)[0]
    else:
        found = _merged(_at(level, pixels, nets) for level in reversed(levels(width, height)))
    return sorted(found, key=lambda face: face.box.left)


def _at(level: Level, pixels: NDArray[np.uint8], nets: FaceNets) -> list[Face]:
    """What one size shows, the surest first, in pixels of the picture."""
    copy = pixels
    if level.factor > 1:
        size = (level.width, level.height)
        copy = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    found: list[Face] = []
    for left, top in level.corners():
        tile = np.ascontiguousarray(copy[top : top + level.tile, left : left + level.tile])
        whole = Box(-left, -top, level.width, level.height)
        faces = detect([tile], nets, least_face=LEAST_FACE)[0]
        found += [_moved(face, left, top) for face in faces if not _is_cut(face.box, tile.shape, whole)]
    return [in_source(face, level.factor) for face in sorted(found, key=lambda face: face.score, reverse=True)]


def _is_cut(box: Box, tile: tuple[int, ...], picture: Box) -> bool:
    """Whether a box reaches an edge of its tile that is none of the picture's: its other half lies in the next one."""
    x1, y1, x2, y2 = box.corners
    left, top, right, bottom = picture.corners
    return (
        (x1 <= _EDGE and left < 0)
        or (y1 <= _EDGE and top < 0)
        or (x2 >= tile[1] - _EDGE and right > tile[1])
        or (y2 >= tile[0] - _EDGE and bottom > tile[0])
    )


def _moved(face: Face, right: int, down: int) -> Face:
    box = replace(face.box, left=face.box.left + right, top=face.box.top + down)
    return Face(box, tuple((x + right, y + down) for x, y in face.points), face.score)


def _merged(by_level: Iterable[list[Face]]) -> list[Face]:
    """Each face once, of the levels from the smallest copy up.

    What a copy shows whole comes first: in a tile half of it may pass for a face of its own.
    """
    kept: list[Face] = []
    for faces in by_level:
        for face in faces:
            if all(shared_with_smaller(face.box, other.box) <= 0.5 for other in kept):
                kept.append(face)
    return kept
