"""All faces of one picture of any size, small ones too: at full size in tiles, the large ones on a smaller copy.

So memory is bounded by a tile, whatever the picture's size; time grows with its pixels, about 0.4 s for each million.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.faces.detector import Face, detect, in_source
from ml.faces.geometry import Box, shared_with_smaller
from ml.faces.nets import FaceNets

LEAST_FACE: Final = 20.0
"""Pixels of the source; O-Net wants 48 and is not to be trusted far below half of it."""
_LONGEST: Final = 1920
"""Pictures whose longer side is more are searched in tiles."""
_TILE: Final = 1024
_LARGER: Final = 1.5
"""Tiles overlap by the least face that the copy shows, times this: each face lies whole in a tile or on the copy."""
_EDGE: Final = 2.0


def detect_everywhere(pixels: NDArray[np.uint8], nets: FaceNets) -> list[Face]:
    """The faces of an (H, W, 3) RGB picture, from left to right."""
    factor = max(pixels.shape[:2]) / _LONGEST
    if factor <= 1:
        found = detect([pixels], nets, least_face=LEAST_FACE)[0]
    else:
        found = _merged(_large(pixels, factor, nets), _small(pixels, factor, nets))
    return sorted(found, key=lambda face: face.box.left)


def _large(pixels: NDArray[np.uint8], factor: float, nets: FaceNets) -> list[Face]:
    height, width = (max(1, round(side / factor)) for side in pixels.shape[:2])
    copy = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    return [in_source(face, factor) for face in detect([copy], nets, least_face=LEAST_FACE)[0]]


def _small(pixels: NDArray[np.uint8], factor: float, nets: FaceNets) -> list[Face]:
    overlap = round(LEAST_FACE * factor * _LARGER)
    found: list[Face] = []
    for left, top in _corners(pixels.shape[1], pixels.shape[0], overlap):
        tile = pixels[top : top + _TILE, left : left + _TILE]
        whole = Box(-left, -top, pixels.shape[1], pixels.shape[0])
        faces = detect([np.ascontiguousarray(tile)], nets, least_face=LEAST_FACE)[0]
        found += [_moved(face, left, top) for face in faces if not _is_cut(face.box, tile.shape, whole)]
    return sorted(found, key=lambda face: face.score, reverse=True)


def _corners(width: int, height: int, overlap: int) -> Iterator[tuple[int, int]]:
    step = _TILE - overlap
    for top in range(0, max(height - overlap, 1), step):
        for left in range(0, max(width - overlap, 1), step):
            yield left, top


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


def _merged(large: list[Face], small: list[Face]) -> list[Face]:
    """Each face once. What a copy shows whole comes first: in a tile half of it may pass for a face of its own."""
    kept: list[Face] = []
    for face in [*large, *small]:
        if all(shared_with_smaller(face.box, other.box) <= 0.5 for other in kept):
            kept.append(face)
    return kept
