"""Crisp edges where a small model's picture is soft: every point takes the colour of its most even side.

The Kuwahara filter (Kuwahara et al., 1976) with round sectors that overlap, weighed by their evenness rather than
chosen (Papari, Petkov and Campisi, "Artistic edge and corner enhancing smoothing", IEEE TIP 16(10), 2007): flat washes
with edges, as a broad brush lays them. It invents nothing: no colour appears that was not near.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

_SECTORS: Final = 8
_REACH: Final = 1.6
"""How far a sector's middle lies from the point, in deviations: neighbouring sectors overlap, opposite ones hardly."""
_CHOOSING: Final = 4.0
"""Power of the evenness; at the paper's 8 dabs look cut out, at 2 edges stay soft."""
_STROKES: Final = (2.5 / 512, 1.5 / 512)
"""Deviation of the sectors, in heights: a broad stroke, and a fine one that mends its rim. Broader ones (4 and 2) paint
over rain and snow: the probe then tells the weather of 85 % of 120 pictures; of these 88 %, unpainted 91 %."""

Image = npt.NDArray[np.float32]


def brush(pixels: Image) -> Image:
    """(H, W, 3) grey levels in [0, 255] to the same, painted over once broadly and once finely."""
    for stroke in _STROKES:
        pixels = _stroke(pixels, stroke * pixels.shape[0])
    return pixels


def _stroke(pixels: Image, deviation: float) -> Image:
    reach = _REACH * deviation
    margin = int(np.ceil(reach))
    padded = np.pad(pixels, ((margin, margin), (margin, margin), (0, 0)), mode="symmetric")
    evenness = _evenness(padded, deviation)
    weighed = _soft(padded, deviation) * evenness[..., None]
    height, width = pixels.shape[:2]
    colours, weights = np.zeros_like(pixels), np.zeros((height, width), np.float32)
    for angle in np.arange(_SECTORS) * (2 * np.pi / _SECTORS):
        top, left = margin + round(reach * np.sin(angle)), margin + round(reach * np.cos(angle))
        seen = (slice(top, top + height), slice(left, left + width))
        colours += weighed[seen]
        weights += evenness[seen]
    return np.asarray(colours / weights[..., None], dtype=np.float32)


def _evenness(pixels: Image, deviation: float) -> Image:
    """(H, W) in (0, 1]: 1 where the surroundings are of one grey level."""
    grey = pixels.mean(axis=2, dtype=np.float32)
    varies = np.maximum(_soft(grey * grey, deviation) - _soft(grey, deviation) ** 2, 0)
    return np.asarray((1 + varies) ** -_CHOOSING, np.float32)


def _soft(image: Image, deviation: float) -> Image:
    width = 2 * round(2.5 * deviation) + 1
    return np.asarray(cv2.GaussianBlur(image, (width, width), deviation, borderType=cv2.BORDER_REFLECT), np.float32)
