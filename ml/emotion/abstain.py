"""When the reader says `uncertain` rather than guess, and why."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Reason = Literal["unreadable", "no_face", "small_face", "dark", "blurred", "low_confidence"]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """What a face must pass to be named; below any of them the answer is `uncertain`."""

    least_side: float = 32.0
    """Longer side of the face's box in pixels of the source; training faces were 48 pixels across."""
    least_light: float = 25.0
    """Mean grey level, 0 to 255."""
    least_sharpness: float = 30.0
    """Variance of the Laplacian of the face with its contrast taken out (Pech-Pacheco et al., 2000).

    Of FER-2013's faces half measure 1,150 or more; blurred by 1.5 of 44 pixels 56, by 2 pixels 29.
    """
    least_confidence: float = 0.40
    """Calibrated probability of the likeliest emotion; guessing would have 0.14."""


def unfit(face: NDArray[np.uint8], side: float, bar: Bar) -> Reason | None:
    """Why an aligned grey face (S, S), whose box measured `side` pixels in the source, should not be named at all."""
    if side < bar.least_side:
        return "small_face"
    if float(face.mean()) < bar.least_light:
        return "dark"
    if sharpness(face) < bar.least_sharpness:
        return "blurred"
    return None


def sharpness(face: NDArray[np.uint8]) -> float:
    """Variance of the Laplacian per contrast, so that dim light does not count as blur; 0 for a flat picture."""
    contrast = float(face.std())
    if contrast < 1:
        return 0.0
    scaled = (face.astype(np.float32) - float(face.mean())) * (50 / contrast)
    return float(cv2.Laplacian(scaled, cv2.CV_32F).var())
