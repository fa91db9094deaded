"""From what a small model paints to what people see: a larger picture that stays soft rather than blocky."""

from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

_SHARPENING: Final = 0.6
_GRAIN: Final = 2.2
"""Deviation of the grain in grey levels: enough to hide that there is no detail, too little to be seen as noise."""


def enlarge(pixels: npt.NDArray[Any], side: int, seed: int) -> npt.NDArray[np.uint8]:
    """Lanczos in steps of two with a little sharpening after each, then a breath of grain, fixed by the seed.

    Nothing is rounded before the end: pixels that differ by less than a level give levels that differ by one at most.

    Args:
        pixels: (H, W, 3) grey levels in [0, 255], bytes or float.
        side: wanted height; the width keeps the aspect. A picture already that high keeps its size and has no grain.
    """
    image: npt.NDArray[Any] = np.asarray(pixels, dtype=np.float32)
    if image.shape[0] >= side:
        return _levels(image, (0.0,) * 4)
    while (height := image.shape[0]) < side:
        taller = min(height * 2, side)
        wider = round(image.shape[1] * taller / height)
        image = cv2.resize(image, (wider, taller), interpolation=cv2.INTER_LANCZOS4)
        _sharpen(image, taller / 170)
    grain = _GRAIN * np.random.default_rng(seed).standard_normal(image.shape[:2], dtype=np.float32)
    return _levels(image, cv2.merge([grain] * 3))


def _sharpen(image: npt.NDArray[Any], sigma: float) -> None:
    """In place, by what a blur takes away; a blur of three deviations to each side is enough."""
    width = 2 * round(3 * sigma) + 1
    blurred = cv2.GaussianBlur(image, (width, width), sigma, borderType=cv2.BORDER_REPLICATE)
    cv2.addWeighted(image, 1 + _SHARPENING, blurred, -_SHARPENING, 0, dst=image)
    np.clip(image, 0, 255, out=image)


def _levels(image: npt.NDArray[Any], grain: Any) -> npt.NDArray[np.uint8]:
    """The sum, rounded once, and kept within what a byte holds."""
    return np.asarray(cv2.add(image, grain, dtype=cv2.CV_8U), dtype=np.uint8)
