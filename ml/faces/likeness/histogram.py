"""What a face looks like in 128 numbers: which way edges run, in each of sixteen fields of the upright face.

Histograms of oriented gradients (Dalal and Triggs, 2005), each field's divided by its own strength, so that neither
brightness nor contrast counts.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.faces.detector import Face
from ml.faces.geometry import crop

FIELDS: Final = 4
"""A side. Four by four fields of twelve pixels."""
BINS: Final = 8
LENGTH: Final = FIELDS * FIELDS * BINS
_SIDE: Final = 48
_WIDE: Final = 96
_MARGIN: Final = 1.5
_EYES_AND_MOUTH: Final = np.array([(0.29, 0.36), (0.71, 0.36), (0.5, 0.76)]) * _SIDE
"""Where left eye, right eye and the middle of the mouth are brought to."""
_FAINT: Final = 0.25
"""Added to a field's strength, so that noise on a bare cheek does not look like edges."""


def oriented(pixels: NDArray[np.uint8], face: Face) -> NDArray[np.float32]:
    """(H, W, 3) RGB or (H, W) grey and a face with its five points in it → (128,), each field of length 1 or less."""
    grey = cv2.GaussianBlur(_upright(pixels, face), (0, 0), 1.0)
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    strength, angle = cv2.cartToPolar(across, down)
    place = (angle % np.float32(np.pi)) * np.float32(BINS / np.pi)
    apart = np.abs(place[None] - np.arange(BINS, dtype=np.float32)[:, None, None])
    shares = np.maximum(0, 1 - np.minimum(apart, BINS - apart)) * strength
    cell = _SIDE // FIELDS
    fields = shares.reshape(BINS, FIELDS, cell, FIELDS, cell).mean((2, 4)).transpose(1, 2, 0)
    scaled: NDArray[np.float32] = fields / (np.linalg.norm(fields, axis=2, keepdims=True) + _FAINT)
    return scaled.reshape(LENGTH).astype(np.float32, copy=False)


def _upright(pixels: NDArray[np.uint8], face: Face) -> NDArray[np.float32]:
    """(48, 48) grey levels, the eyes and the mouth where they always are."""
    around = face.box.squared(_MARGIN)
    patch = crop(pixels, around, _WIDE)
    grey = cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY) if patch.ndim == 3 else patch
    points = (np.array(face.points) - (around.left, around.top)) * (_WIDE / around.width)
    seen = np.array([points[0], points[1], (points[3] + points[4]) / 2])
    turn = _similarity(seen, _EYES_AND_MOUTH)
    upright = cv2.warpAffine(grey.astype(np.float32), turn, (_SIDE, _SIDE), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(upright, np.float32)


def _similarity(seen: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2, 3): the turn, scale and shift that bring the points (N, 2) `seen` closest to `wanted` (Umeyama, 1991)."""
    middle, goal = seen.mean(axis=0), wanted.mean(axis=0)
    here, there = seen - middle, wanted - goal
    size = max(float((here**2).sum()), 1e-6)
    along = float((here * there).sum()) / size
    aside = float((here[:, 0] * there[:, 1] - here[:, 1] * there[:, 0]).sum()) / size
    turn = np.array([[along, -aside], [aside, along]])
    return np.hstack([turn, (goal - turn @ middle)[:, None]])
