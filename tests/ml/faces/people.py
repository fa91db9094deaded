"""Faces of different people: scikit-image's astronaut and those of its small part of Labeled Faces in the Wild.

Both come with its wheel. The latter are 25 pixels across and grey; enlarged they are blurred, and still told apart.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.data import astronaut, lfw_subset

Picture = NDArray[np.uint8]
WALL: Picture = np.full((240, 320, 3), 128, np.uint8)


def astronaut_at(left: int = 40, top: int = 0, size: int = 240) -> Picture:
    """(240, 320, 3): head and shoulders of the astronaut before a wall; her face is about 0.3 of `size` across."""
    head = astronaut()[10:290, 85:365]
    return _on_wall(cv2.resize(head, (size, size), interpolation=cv2.INTER_AREA), left, top)


def stranger_at(number: int, left: int = 85, top: int = 45, size: int = 150) -> Picture:
    """(240, 320, 3): one of a hundred others, whose face nearly fills `size` pixels."""
    grey = np.clip(lfw_subset()[number] * 255, 0, 255).astype(np.uint8)
    large = cv2.resize(grey, (size, size), interpolation=cv2.INTER_CUBIC)
    return _on_wall(np.repeat(large[..., None], 3, axis=2), left, top)


def beside(one: Picture, other: Picture) -> Picture:
    """(240, 640, 3): two pictures, one beside the other."""
    return np.hstack([one, other])


def _on_wall(picture: NDArray[np.generic], left: int, top: int) -> Picture:
    canvas = WALL.copy()
    shown = picture[: 240 - top, : 320 - left]
    canvas[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
    return canvas
