"""A small picture enlarged by the learned upscaler."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch

from ml.imaging.upscaler.network import Upscaler


@torch.inference_mode()
def enlarge_by(upscaler: Upscaler, pixels: npt.NDArray[Any], side: int) -> npt.NDArray[np.uint8]:
    """Four times as high and wide, then resampled where another height is wanted. Rounded once, at the end.

    Args:
        pixels: (H, W, 3) grey levels in [0, 255], bytes or float.
        side: wanted height; the width keeps the aspect. A picture already that high keeps its size.
    """
    image: npt.NDArray[Any] = np.asarray(pixels, dtype=np.float32)
    if (height := image.shape[0]) < side:
        small = torch.from_numpy(image / 127.5 - 1).permute(2, 0, 1)[None]
        image = (upscaler(small)[0].permute(1, 2, 0).numpy() + 1) * 127.5
        if image.shape[0] != side:
            way = cv2.INTER_AREA if image.shape[0] > side else cv2.INTER_LANCZOS4
            image = cv2.resize(image, (round(pixels.shape[1] * side / height), side), interpolation=way)
    levels: npt.NDArray[np.uint8] = np.clip(np.rint(image), 0, 255).astype(np.uint8)
    return levels
