"""From what a small model paints to what people see: a larger picture, crisp where the small one has an edge."""

from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from ml.imaging.brush import brush
from ml.imaging.upscaler.enlarging import enlarge_by
from ml.imaging.upscaler.network import Upscaler
from ml.scenes.paper import cut_paper

_GRAIN: Final = 2.2
"""Deviation of the grain in grey levels: washes look like paint on paper, and it is too little to be seen as noise."""


def enlarge(
    pixels: npt.NDArray[Any], side: int, seed: int, *, style: str = "", upscaler: Upscaler | None = None
) -> npt.NDArray[np.uint8]:
    """By the learned upscaler, or Lanczos without one; then painted over (`brush`), with a grain fixed by the seed.

    What is to be of layered paper is cut from it (`ml/scenes/paper.py`): the small picture says what stands where, in
    which colours, and is too small for the shadows of sheets.

    Nothing is rounded before the end: pixels that differ by 0.01 levels give levels that differ by one at most.

    Args:
        pixels: (H, W, 3) grey levels in [0, 255], bytes or float.
        side: wanted height; the width keeps the aspect. A picture already that high keeps its size and its pixels.
    """
    image: npt.NDArray[Any] = np.asarray(pixels, dtype=np.float32)
    if image.shape[0] >= side:
        return _levels(image, (0.0,) * 4)
    large = _resampled(image, side) if upscaler is None else enlarge_by(upscaler, image, side)
    grain = _GRAIN * np.random.default_rng(seed).standard_normal(large.shape[:2], dtype=np.float32)
    painted = brush(np.clip(large, 0, 255))
    if style == "paper":
        painted = cut_paper(np.asarray(painted / 255, np.float32), seed) * 255
    return _levels(painted, cv2.merge([grain] * 3))


def _resampled(image: npt.NDArray[Any], side: int) -> npt.NDArray[Any]:
    width = round(image.shape[1] * side / image.shape[0])
    return cv2.resize(image, (width, side), interpolation=cv2.INTER_LANCZOS4)


def _levels(image: npt.NDArray[Any], grain: Any) -> npt.NDArray[np.uint8]:
    """The sum, rounded once, and kept within what a byte holds."""
    return np.asarray(cv2.add(image, grain, dtype=cv2.CV_8U), dtype=np.uint8)
