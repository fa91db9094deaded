"""Where eyes, nose and mouth are in labelled stills, by MTCNN on enlarged copies: FER-2013 brings no landmarks."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.faces.detector import Face, detect
from ml.faces.geometry import Box
from ml.faces.nets import FaceNets

_ENLARGED: Final = 192
_RIM: Final = 48
"""Pixels: the detector wants a face well above its least size, and room about it."""
_LEAST_FACE: Final = 80.0
_BATCH: Final = 32


def locate(images: NDArray[np.uint8], nets: FaceNets) -> list[Face | None]:
    """The best face of each of the (N, S, S) grey pictures, in the picture's own pixels; None where none is found."""
    factor = images.shape[1] / _ENLARGED
    answer: list[Face | None] = []
    for start in range(0, len(images), _BATCH):
        pictures = [_framed(image) for image in images[start : start + _BATCH]]
        found = detect(pictures, nets, least_face=_LEAST_FACE)
        answer += [_unframed(faces[0], factor) if faces else None for faces in found]
    return answer


def _framed(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Enlarged, with its edge drawn out on all sides."""
    large = cv2.resize(image, (_ENLARGED, _ENLARGED), interpolation=cv2.INTER_CUBIC)
    framed = cv2.copyMakeBorder(large, _RIM, _RIM, _RIM, _RIM, cv2.BORDER_REPLICATE)
    return cv2.cvtColor(framed, cv2.COLOR_GRAY2RGB).astype(np.uint8, copy=False)


def _unframed(face: Face, factor: float) -> Face:
    left, top, width, height = face.box.left - _RIM, face.box.top - _RIM, face.box.width, face.box.height
    points = tuple(((x - _RIM) * factor, (y - _RIM) * factor) for x, y in face.points)
    return Face(Box(left, top, width, height).scaled(factor), points, face.score)
