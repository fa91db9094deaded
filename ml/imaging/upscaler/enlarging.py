"""A small picture enlarged by the learned upscaler."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch

from ml.imaging.upscaler.network import Upscaler


@torch.inference_mode()
def enlarge_by(upscaler: Upscaler, pixels: npt.NDArray[np.float32], side: int) -> npt.NDArray[Any]:
    """Four times as high and wide, then resampled where another height is wanted.

    Args:
        pixels: (H, W, 3) grey levels in [0, 255].
        side: wanted height; the width keeps the aspect.

    Returns:
        (side, W, 3) float32, about in [0, 255]: a network may overshoot.
    """
    small = torch.from_numpy(pixels / 127.5 - 1).permute(2, 0, 1)[None]
    image: npt.NDArray[Any] = (upscaler(small)[0].permute(1, 2, 0).numpy() + 1) * 127.5
    if image.shape[0] == side:
        return image
    way = cv2.INTER_AREA if image.shape[0] > side else cv2.INTER_LANCZOS4
    return cv2.resize(image, (round(pixels.shape[1] * side / pixels.shape[0]), side), interpolation=way)
