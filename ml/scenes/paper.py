"""Layered paper: the picture as sheets of coloured paper, the darkest on top, each throwing a soft shadow."""

from typing import Final

import numpy as np

from ml.scenes.canvas import mix
from ml.scenes.noise import Array, fractal, smoothstep
from ml.scenes.spec import stream

_SHEETS: Final = 6
_WIDE: Final = 0.09
"""In heights: what changes more slowly than this is a glow; its rings in a clear sky look like clouds."""
_EVENED: Final = 0.3
"""How much of such a glow is left out when sheets are cut."""
_FINE_ENOUGH: Final = 6.0
"""A blur of so many pixels is as good as a wider one of a larger copy."""
_LEAST_SPAN: Final = 0.12
"""Of a nearly even picture: so little light and dark is not spread over all sheets."""


def cut_paper(picture: Array, seed: int) -> Array:
    """(H, W, 3) in [0, 1], soft already: no scissors follow each leaf. The seed fixes scissors and fibres.

    A sheet is all that is darker than its bound, and has the colours that lie in its own band, spread widely.
    """
    shape = (picture.shape[0], picture.shape[1])
    height = shape[0]
    grey = _soft(picture.mean(axis=2), 0.013 * height)
    wide = _soft(grey, _WIDE * height)
    grey = np.asarray(grey - _EVENED * wide, dtype=np.float32)
    low, high = (float(bound) for bound in np.percentile(grey, (3, 97)))
    span = max(high - low, _LEAST_SPAN)
    bounds = np.linspace(low, high, _SHEETS + 1)[1:-1]
    grey = np.asarray(grey + 0.03 * span * fractal(stream(seed, "scissors"), shape, (7.0, 7.0), 2), np.float32)
    sheet_of = np.digitize(grey, bounds)
    pile = _colours(picture, sheet_of == _SHEETS - 1, 0.05 * height)
    for number in reversed(range(_SHEETS - 1)):
        edge = 2 * span / height
        sheet = smoothstep(bounds[number] + edge, bounds[number] - edge, grey)
        colours = _colours(picture, sheet_of == number, 0.05 * height)
        pile = _laid_on(pile, sheet, colours, height)
    fibres = fractal(stream(seed, "fibres"), shape, (60.0, 60.0), 3, 0.6)
    return np.asarray(np.clip(pile * (1.05 + 0.035 * fibres)[..., None], 0, 1), dtype=np.float32)


def _laid_on(pile: Array, sheet: Array, colours: Array, height: int) -> Array:
    """The pile with one more sheet, lit from the upper left: a shadow to the right below, a bright rim opposite."""
    reach, thin = max(1, round(0.011 * height)), max(1, round(0.003 * height))
    shadow = _soft(_moved(sheet, reach, max(1, reach // 2)), 0.010 * height)
    shaded = pile * (1 - 0.34 * shadow * (1 - sheet))[..., None]
    rim = np.clip(sheet - _moved(sheet, thin, thin), 0, 1) * min(1.0, 0.003 * height / thin)
    return np.asarray(mix(shaded, colours, sheet[..., None]) + (0.07 * rim)[..., None], dtype=np.float32)


def _colours(picture: Array, band: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], reach: float) -> Array:
    """The colours of a band, averaged over `reach` pixels of it."""
    mask = band.astype(np.float32)[..., None]
    spread = _spread(np.concatenate([picture * mask, mask], axis=2), reach)
    return np.asarray(spread[..., :3] / np.maximum(spread[..., 3:], 1e-3), dtype=np.float32)


def _spread(field: Array, reach: float) -> Array:
    """Gaussian blur of (H, W, C), of a smaller copy where nobody sees the difference: a third of the time at 512."""
    import cv2  # here, since the web process reads the words of scenes and should not carry it

    height, width, _ = field.shape
    step = max(1, int(reach / _FINE_ENOUGH))
    small = np.asarray(cv2.resize(field, (width // step, height // step), interpolation=cv2.INTER_AREA), np.float32)
    return np.asarray(
        cv2.resize(_soft(small, reach / step), (width, height), interpolation=cv2.INTER_LINEAR), np.float32
    )


def _moved(mask: Array, down: int, right: int) -> Array:
    height, width = mask.shape
    return np.asarray(np.pad(mask, ((down, 0), (right, 0)), mode="edge")[:height, :width], dtype=np.float32)


def _soft(field: Array, radius: float) -> Array:
    """Gaussian blur of (H, W) or (H, W, C). In floats: rounded to bytes, a sheet's edge would have teeth."""
    import cv2

    width = 2 * round(2.5 * radius) + 1
    return np.asarray(cv2.GaussianBlur(field, (width, width), radius, borderType=cv2.BORDER_REPLICATE), np.float32)
