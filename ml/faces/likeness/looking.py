"""From a picture and a face in it to how it looks: about 0.2 ms."""

import numpy as np
from numpy.typing import NDArray

from ml.faces.detector import Face
from ml.faces.likeness.basis import shipped
from ml.faces.likeness.histogram import oriented
from ml.faces.likeness.known import Known, Look, distance


def look_of(pixels: NDArray[np.uint8], face: Face) -> Look:
    """(H, W, 3) RGB and a face with its five points in it → (24,), of length 1."""
    return shipped().project(oriented(pixels, face))


def apart(pixels: NDArray[np.uint8], face: Face, known: Known) -> float:
    """How far this face is from the known one, 0 to 2."""
    return distance(known, look_of(pixels, face))
