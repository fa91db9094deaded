"""Boxes in pixels, and the crops taken from them."""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Box:
    """Left, top, width and height in pixels of the source; may reach beyond its edges."""

    left: float
    top: float
    width: float
    height: float

    @classmethod
    def from_corners(cls, x1: float, y1: float, x2: float, y2: float) -> Self:
        return cls(x1, y1, x2 - x1, y2 - y1)

    @property
    def corners(self) -> tuple[float, float, float, float]:
        return self.left, self.top, self.left + self.width, self.top + self.height

    @property
    def centre(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2

    def scaled(self, factor: float) -> "Box":
        """The same place in a picture `factor` times as large."""
        return Box(self.left * factor, self.top * factor, self.width * factor, self.height * factor)

    def squared(self, margin: float) -> "Box":
        """A square about the same centre, its side the longer one times `margin`."""
        side = max(self.width, self.height) * margin
        x, y = self.centre
        return Box(x - side / 2, y - side / 2, side, side)

    def clipped(self, width: int, height: int) -> "Box":
        """What of it lies within a picture of that size; at least one pixel."""
        x1, y1, x2, y2 = self.corners
        left, top = min(max(x1, 0.0), width - 1.0), min(max(y1, 0.0), height - 1.0)
        return Box.from_corners(left, top, max(min(x2, width), left + 1), max(min(y2, height), top + 1))

    def rounded(self) -> tuple[int, int, int, int]:
        """Whole pixels: x, y, width, height."""
        return round(self.left), round(self.top), round(self.width), round(self.height)


def overlap(one: Box, other: Box) -> float:
    """Intersection over union, 0 to 1."""
    shared = _shared(one, other)
    union = one.width * one.height + other.width * other.height - shared
    return shared / union if union > 0 else 0.0


def shared_with_smaller(one: Box, other: Box) -> float:
    """Intersection as a share of the smaller box, 0 to 1."""
    smaller = min(one.width * one.height, other.width * other.height)
    return _shared(one, other) / smaller if smaller > 0 else 0.0


def _shared(one: Box, other: Box) -> float:
    width = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    height = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    return max(width, 0.0) * max(height, 0.0)


def crop(pixels: NDArray[np.uint8], box: Box, side: int) -> NDArray[np.uint8]:
    """`box` out of (H, W) or (H, W, 3) pixels, resized to (side, side); edges are repeated beyond the picture."""
    height, width = pixels.shape[:2]
    x1, y1, x2, y2 = (round(corner) for corner in box.corners)
    x2, y2 = max(x2, x1 + 1), max(y2, y1 + 1)
    inner = pixels[max(y1, 0) : max(y2, 0), max(x1, 0) : max(x2, 0)]
    before_x, before_y = max(-x1, 0), max(-y1, 0)
    after_x, after_y = max(x2 - width, 0), max(y2 - height, 0)
    if inner.size == 0:
        return np.zeros((side, side, *pixels.shape[2:]), np.uint8)
    if before_x or before_y or after_x or after_y:
        inner = cv2.copyMakeBorder(inner, before_y, after_y, before_x, after_x, cv2.BORDER_REPLICATE).astype(np.uint8)
    shrinking = inner.shape[0] >= side
    how = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    return cv2.resize(inner, (side, side), interpolation=how).astype(np.uint8, copy=False)
