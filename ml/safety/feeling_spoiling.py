"""Ways to spoil a calm scene, so that the feeling heads learn the other end of their scale. Never shown."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.float64]
_LIGHT: Final = np.array([0.299, 0.587, 0.114])


def spoil(pixels: Pixels, how: str, strength: float, rng: np.random.Generator) -> Pixels:
    """An (H, W, 3) picture spoilt one of `WAYS`; `strength` in [0, 1] mixes it with the original."""
    own = pixels / 255.0
    worst = WAYS[how](own, rng)
    return np.asarray(np.clip(own + strength * (worst - own), 0, 1) * 255, dtype=np.uint8)


def _grey(rgb: Plane) -> Plane:
    return np.asarray((rgb @ _LIGHT)[..., None])


def _gloom(rgb: Plane, _: np.random.Generator) -> Plane:
    return np.asarray(0.28 * (0.4 * rgb + 0.6 * _grey(rgb)))


def _blood(rgb: Plane, rng: np.random.Generator) -> Plane:
    wash = np.array([0.75, 0.08, 0.08]) * rng.uniform(0.7, 1.0)
    return np.asarray(_grey(rgb) * wash)


def _glare(rgb: Plane, _: np.random.Generator) -> Plane:
    grey = _grey(rgb)
    loud = grey + 3.0 * (rgb - grey)
    return np.asarray(0.5 + 2.4 * (loud - 0.5))


def _jagged(rgb: Plane, rng: np.random.Generator) -> Plane:
    """Half-planes laid over each other: splinters of light and dark."""
    height, width = rgb.shape[:2]
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    splinters = np.zeros((height, width))
    for angle, offset in zip(rng.uniform(0, np.pi, 14), rng.uniform(-0.3, 1.1, 14), strict=True):
        splinters += np.where(np.cos(angle) * x + np.sin(angle) * y > offset, 1, -1)
    return np.asarray(rgb * 0.7 + 0.35 * np.sign(np.sin(splinters * 2.1))[..., None])


def _sickly(rgb: Plane, _: np.random.Generator) -> Plane:
    return np.asarray(_grey(rgb) * np.array([0.62, 0.68, 0.18]))


def _inverted(rgb: Plane, _: np.random.Generator) -> Plane:
    return np.asarray(1.0 - rgb)


WAYS: Final[dict[str, Callable[[Plane, np.random.Generator], Plane]]] = {
    "gloom": _gloom, "blood": _blood, "glare": _glare, "jagged": _jagged, "sickly": _sickly, "inverted": _inverted,
}  # fmt: skip
