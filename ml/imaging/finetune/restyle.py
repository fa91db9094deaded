"""A style that no scene and no painter here has: a print in three inks, for the proof that a style can be taught."""

from typing import Final

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

_INKS: Final = np.array([(44, 24, 104), (226, 84, 108), (255, 236, 178)], dtype=np.float32)
"""Shadows, middle tones and lights."""
_TONES: Final = 5


def three_inks(pixels: Pixels) -> Pixels:
    """Grey tones spread over the whole range, gathered in five soft steps and printed from indigo over coral to cream.

    Args:
        pixels: (H, W, 3) RGB bytes.
    """
    grey = pixels.astype(np.float32) @ np.array((0.299, 0.587, 0.114), np.float32)
    low, high = np.percentile(grey, (1, 99))
    tone = np.clip((grey - low) / max(float(high - low), 32.0), 0, 1) * (_TONES - 1)
    whole = np.floor(tone)
    step = np.clip((tone - whole - 0.35) / 0.3, 0, 1)
    gathered = (whole + step * step * (3 - 2 * step)) / (_TONES - 1)
    printed = np.stack([np.interp(gathered, (0, 0.5, 1), ink) for ink in _INKS.T], axis=-1)
    return np.asarray(printed.round(), dtype=np.uint8)


def turned_hues(pixels: Pixels, by: int) -> Pixels:
    """Another strange style, as a control: red, green and blue change places, one of two ways (1 or 2)."""
    return np.roll(pixels, by, axis=2)


def off_the_inks(pixels: Pixels) -> float:
    """How far pixels lie from the colours that the inks can print, in grey levels, in the mean."""
    points = np.stack([np.interp(np.linspace(0, 1, 65), (0, 0.5, 1), ink) for ink in _INKS.T], axis=-1)
    few = pixels[::4, ::4].reshape(-1, 1, 3).astype(np.float32)
    return float(np.sqrt(((few - points[None]) ** 2).sum(axis=2)).min(axis=1).mean())
