"""When the reader says `uncertain` rather than guess, and why."""

import math
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.faces.detector import Face
from ml.faces.pose import Pose, pose_of

Reason = Literal[
    "unreadable",
    "no_face",
    "small_face",
    "dark",
    "blurred",
    "turned_away",
    "unfamiliar_face",
    "another_face",
    "low_confidence",
    "out_of_memory",
]
"""`unfamiliar_face`: it looks unlike the session's own for a moment. `another_face`: it has, for a while."""


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
    most_turn: float = 0.30
    """How far a face may be turned aside (`ml.faces.pose`): about 34°.

    Through detector and crop, of 2,436 of FER-2013's held-out faces, those turned less were named rightly in 68 % of
    the cases in which they were named; the 234 turned further in 57 %.
    """
    least_nod: float = 0.25
    most_nod: float = 0.85
    """Looking far up or down. Within, accuracy hardly changes; of the same faces only 27 lie below and one above."""
    most_lean: float = math.radians(30)
    """Eyes this far from level, in radians. Turned upright, 67 % are right up to 30°; beyond, 50 % of 26 faces."""
    least_confidence: float = 0.40
    """Calibrated probability of the likeliest emotion; guessing would have 0.14."""


def unfit(crop: NDArray[np.uint8], face: Face, bar: Bar) -> Reason | None:
    """Why a face found in the source should not be named at all; `crop` (S, S) is it, aligned and grey."""
    if max(face.box.width, face.box.height) < bar.least_side:
        return "small_face"
    if float(crop.mean()) < bar.least_light:
        return "dark"
    if sharpness(crop) < bar.least_sharpness:
        return "blurred"
    if is_turned_away(pose_of(face), bar):
        return "turned_away"
    return None


def is_turned_away(pose: Pose, bar: Bar) -> bool:
    """Whether too little of the face is to be seen from the front."""
    nods = bar.least_nod <= pose.nod <= bar.most_nod
    return abs(pose.turn) > bar.most_turn or not nods or abs(pose.lean) > bar.most_lean


def sharpness(face: NDArray[np.uint8]) -> float:
    """Variance of the Laplacian per contrast, so that dim light does not count as blur; 0 for a flat picture."""
    contrast = float(face.std())
    if contrast < 1:
        return 0.0
    scaled = (face.astype(np.float32) - float(face.mean())) * (50 / contrast)
    return float(cv2.Laplacian(scaled, cv2.CV_32F).var())
