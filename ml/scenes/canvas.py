"""The picture being painted: pixels, coordinates in picture heights, and masks laid over one another."""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from ml.scenes.noise import Array, Floats, smoothstep


def rgb(red: int, green: int, blue: int) -> Array:
    """A colour from bytes, as (3,) floats in [0, 1]."""
    return np.array([red, green, blue], dtype=np.float32) / 255.0


def mix(one: Floats, other: Floats, share: float | Floats) -> Array:
    """`share` of `other` over `one`; broadcasts."""
    return np.asarray(one + (other - one) * share, dtype=np.float32)


def _centres(count: int, per_unit: int) -> Array:
    """Where pixels' centres lie, in picture heights."""
    return np.asarray((np.arange(count) + 0.5) / per_unit, dtype=np.float32)


class Canvas:
    """An RGB picture in [0, 1]. y runs down from 0 to 1, x from 0 to the aspect ratio."""

    def __init__(self, width: int, height: int) -> None:
        """Start black; the sky is painted first."""
        self.shape = (height, width)
        self.pixel = 1.0 / height
        self.aspect = width / height
        self.open: Array | None = None
        """Where the weather can be seen, in [0, 1]; None is everywhere. What is painted later covers it."""
        self.pixels: Array = np.zeros((height, width, 3), dtype=np.float32)
        self.y: Array = _centres(height, height)[:, None]
        self.x: Array = _centres(width, height)[None, :]

    def paint(self, mask: Floats, colour: Floats, strength: float = 1.0) -> None:
        """Lay a colour, (3,) or (height, width, 3), over the picture where the mask, in [0, 1], says."""
        self.pixels += (mask * strength)[..., None] * (colour - self.pixels)
        if self.open is not None:
            self.open = np.asarray(self.open * (1 - mask * strength), dtype=np.float32)

    def glow(self, mask: Floats, colour: Floats, strength: float = 1.0) -> None:
        """Add light (screen blend): never darker, never beyond white."""
        light = (mask * strength)[..., None] * colour
        self.pixels = np.asarray(1.0 - (1.0 - self.pixels) * (1.0 - np.clip(light, 0.0, 1.0)), dtype=np.float32)

    def below(self, top: Floats | float, soft: float = 0.0) -> Array:
        """1 beneath a line along x (given in y), 0 above, anti-aliased; `soft` widens the edge, in heights."""
        edge = max(self.pixel, soft)
        return smoothstep(-edge, edge, np.asarray(self.y - top, dtype=np.float32) + 0 * self.x)

    def disc(self, x: float, y: float, radius: float, soft: float = 0.0) -> Array:
        """A filled circle."""
        distance = np.sqrt((self.x - x) ** 2 + (self.y - y) ** 2).astype(np.float32)
        edge = max(self.pixel, soft)
        return smoothstep(radius + edge, radius - edge, distance)

    def box(self, left: float, top: float, right: float, bottom: float, soft: float = 0.0) -> Array:
        """A filled rectangle."""
        edge = max(self.pixel, soft) * 0.75
        across = smoothstep(left - edge, left + edge, self.x) * smoothstep(right + edge, right - edge, self.x)
        down = smoothstep(top - edge, top + edge, self.y) * smoothstep(bottom + edge, bottom - edge, self.y)
        return across * down

    def blurred(self, radius: float) -> Array:
        """The picture blurred by a radius in heights."""
        return blur(self.pixels, radius * self.shape[0])

    def bytes(self) -> npt.NDArray[np.uint8]:
        """(height, width, 3) bytes."""
        return np.asarray(np.clip(self.pixels, 0.0, 1.0) * 255.0 + 0.5, dtype=np.uint8)


def blur(picture: Array, radius: float) -> Array:
    """Gaussian blur of an (H, W, 3) picture in [0, 1]; radius in pixels."""
    if radius < 0.3:
        return picture
    image = Image.fromarray(np.asarray(np.clip(picture, 0, 1) * 255 + 0.5, dtype=np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), dtype=np.float32) / 255.0
