"""Turns a found face into what the emotion network reads: grey, square, upright, framed as in its training data."""

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.faces.detector import Face
from ml.faces.geometry import crop

FRAMING: Final = 0.93
"""Crop side over MTCNN's longer side. FER-2013's pictures measure 1.08 of it the other way (median of 74)."""
_LEAST_TILT: Final = math.radians(5)
_MOST_TILT: Final = math.radians(45)


def aligned(pixels: NDArray[np.uint8], face: Face, side: int) -> NDArray[np.uint8]:
    """(H, W, 3) RGB and a face in it → (side, side) grey, turned so that the eyes are level."""
    tilt = eye_tilt(face)
    if abs(tilt) < _LEAST_TILT:
        patch = crop(pixels, face.box.squared(FRAMING), side)
        return cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)
    wide = crop(pixels, face.box.squared(FRAMING * math.sqrt(2)), round(side * math.sqrt(2)))
    grey = cv2.cvtColor(wide, cv2.COLOR_RGB2GRAY)
    middle = (grey.shape[0] - 1) / 2
    turn = cv2.getRotationMatrix2D((middle, middle), math.degrees(tilt), 1.0)
    turn[:, 2] += (side - 1) / 2 - middle
    return cv2.warpAffine(grey, turn, (side, side), borderMode=cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)


def eye_tilt(face: Face) -> float:
    """Radians by which the line from left eye to right eye falls, at most 45° either way; 0 without points."""
    if len(face.points) < 2:
        return 0.0
    (left_x, left_y), (right_x, right_y) = face.points[:2]
    tilt = math.atan2(right_y - left_y, right_x - left_x)
    return max(-_MOST_TILT, min(_MOST_TILT, tilt))
