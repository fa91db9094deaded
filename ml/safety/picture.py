"""Whether pixels are a picture at all: the right shape, not blank, not noise."""

from typing import Final

import numpy as np
import numpy.typing as npt

SMALLEST: Final = 32
LARGEST: Final = 4096
LEAST_SPREAD: Final = 4.0
"""Standard deviation of the grey values (0…255) below which a picture is blank."""
MOST_OF_ONE: Final = 0.97
"""Share of pixels within two grey levels of one value from which a picture is blank."""
LEAST_LIKENESS: Final = 0.5
"""Correlation of neighbouring grey values; below it a picture is noise. White noise has 0, a scene over 0.9."""


def spoilt(pixels: npt.NDArray[np.uint8]) -> str | None:
    """Why the array is no picture that could be shown, or None."""
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        return "not an (H, W, 3) array of uint8"
    height, width = pixels.shape[:2]
    if not (SMALLEST <= height <= LARGEST and SMALLEST <= width <= LARGEST):
        return "too small or too large"
    grey = pixels.astype(np.float32).mean(axis=2)
    if grey.std() < LEAST_SPREAD or _share_of_one(grey) > MOST_OF_ONE:
        return "blank"
    if _likeness(grey) < LEAST_LIKENESS:
        return "noise"
    return None


def _share_of_one(grey: npt.NDArray[np.float32]) -> float:
    counts = np.bincount(grey.round().astype(np.int64).ravel(), minlength=256)
    return float(np.convolve(counts, np.ones(5), "same").max() / grey.size)


def _likeness(grey: npt.NDArray[np.float32]) -> float:
    """The smaller of the correlations between a pixel and its right and its lower neighbour."""
    across = np.corrcoef(grey[:, :-1].ravel(), grey[:, 1:].ravel())[0, 1]
    down = np.corrcoef(grey[:-1].ravel(), grey[1:].ravel())[0, 1]
    return float(min(across, down))
