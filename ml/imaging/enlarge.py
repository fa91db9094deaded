"""From what a small model paints to what people see: a larger picture that stays soft rather than blocky."""

from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

_GRAIN: Final = 2.2
"""Deviation of the grain in grey levels: enough to hide that there is no detail, too little to be seen as noise."""


def enlarge(pixels: npt.NDArray[np.uint8], side: int, seed: int) -> npt.NDArray[np.uint8]:
    """Lanczos in steps of two with a little sharpening after each, then a breath of grain, fixed by the seed.

    Args:
        pixels: (H, W, 3) RGB bytes.
        side: wanted height; the width keeps the aspect. A picture already that high is returned as it is.
    """
    image = Image.fromarray(pixels)
    if image.height >= side:
        return pixels
    while image.height < side:
        height = min(image.height * 2, side)
        width = round(image.width * height / image.height)
        image = image.resize((width, height), Image.Resampling.LANCZOS)
        image = image.filter(ImageFilter.UnsharpMask(radius=height / 170, percent=60, threshold=1))
    grain = np.random.default_rng(seed).normal(0.0, _GRAIN, (image.height, image.width, 1))
    return np.asarray(np.clip(np.asarray(image, dtype=np.float32) + grain + 0.5, 0, 255), dtype=np.uint8)
