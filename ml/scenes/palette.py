"""The palette of the whole picture: hues and saturation, while brightness stays with the hour."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.scenes.canvas import mix, rgb
from ml.scenes.noise import Array


@dataclass(frozen=True, slots=True)
class Palette:
    """A scheme: what shadows, middle tones and lights turn to, how far, and how much of each hue is kept.

    `lift` and `top` are where black and white come to lie, in [0, 1].
    """

    dark: Array
    middle: Array
    bright: Array
    share: float
    hue: float
    lift: float = 0.0
    top: float = 1.0


_PALETTES: Final = {
    "warm": Palette(rgb(66, 24, 54), rgb(208, 112, 58), rgb(255, 226, 168), 0.52, 0.72),
    "cool": Palette(rgb(6, 34, 92), rgb(52, 132, 182), rgb(214, 244, 255), 0.56, 0.6),
    "pastel": Palette(rgb(150, 140, 222), rgb(236, 170, 214), rgb(255, 240, 226), 0.34, 1.2, 0.36, 1.0),
    "earth": Palette(rgb(48, 42, 28), rgb(146, 124, 84), rgb(234, 226, 204), 0.76, 0.28, 0.1, 0.9),
}
_LUMA: Final = np.array([0.3, 0.59, 0.11], dtype=np.float32)


def grade(picture: Array, palette: str) -> Array:
    """The whole picture in a palette; pixels (height, width, 3) in [0, 1]. A natural one stays as it is."""
    if palette == "natural":
        return picture
    scheme = _PALETTES[palette]
    luma = (picture @ _LUMA)[..., None]
    own = luma + (picture - luma) * np.float32(scheme.hue)
    lower = mix(scheme.dark, scheme.middle, np.clip(luma * 2, 0, 1))
    toned = mix(lower, scheme.bright, np.clip(luma * 2 - 1, 0, 1))
    toned = toned + (luma - (toned @ _LUMA)[..., None])
    graded = mix(np.asarray(own, np.float32), toned, scheme.share) + (own - luma) * np.float32(0.4)
    return np.asarray(scheme.lift + np.clip(graded, 0, 1) * (scheme.top - scheme.lift), dtype=np.float32)
