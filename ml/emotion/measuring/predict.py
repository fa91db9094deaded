"""Probabilities for many stills at once, without history."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ml.emotion.network import EmotionNet
from ml.emotion.resize import resize

_BATCH = 128
_MARGIN = 4 / 48
"""Ten-crop averaging cuts this share of a side off at one end, as VGG networks read FER-2013 (44 of 48 pixels)."""


@torch.inference_mode()
def logits_of(
    model: EmotionNet, images: NDArray[np.uint8], *, mirrored: bool = True, size: int | None = None
) -> NDArray[np.float32]:
    """(N, H, W) uint8 grey faces → (N, 7) logits, the mean over face and mirror image unless `mirrored` is off."""
    model.eval()
    size = size or model.config.input_size
    parts = [_batch(model, images[start : start + _BATCH], mirrored, size) for start in range(0, len(images), _BATCH)]
    return np.concatenate(parts)


@torch.no_grad()  # not inference mode: a head may be fitted to what it gives
def features_of(model: EmotionNet, images: NDArray[np.uint8]) -> Tensor:
    """(N, H, W) uint8 grey faces → (N, F) pooled features."""
    model.eval()
    parts = [
        model.features(_faces(model, images[start : start + _BATCH], model.config.input_size))[0]
        for start in range(0, len(images), _BATCH)
    ]
    return torch.cat(parts)


def ten_crop_logits(model: EmotionNet, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, H, W) → (N, 7): the mean over four corners and the middle, each with its mirror image. Ten times the work."""
    height, width = images.shape[1:]
    cut_y, cut_x = round(height * _MARGIN), round(width * _MARGIN)
    corners = [(y, x) for y in (0, cut_y) for x in (0, cut_x)] + [(cut_y // 2, cut_x // 2)]
    crops = [images[:, y : y + height - cut_y, x : x + width - cut_x] for y, x in corners]
    mean: NDArray[np.float32] = np.mean([logits_of(model, np.ascontiguousarray(crop)) for crop in crops], axis=0)
    return mean


def probabilities_of(logits: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """(N, 7) softmax of the logits divided by `temperature`."""
    scaled = torch.from_numpy(logits).div(temperature).softmax(dim=1)
    return scaled.numpy()


def _batch(model: EmotionNet, images: NDArray[np.uint8], mirrored: bool, size: int) -> NDArray[np.float32]:
    faces = _faces(model, images, size)
    logits = model(faces)
    if mirrored:
        logits = (logits + model(faces.flip(3))) / 2
    return logits.numpy()  # type: ignore[no-any-return]  # nn.Module.__call__ is untyped


def _faces(model: EmotionNet, images: NDArray[np.uint8], size: int) -> Tensor:
    """(N, H, W) uint8 → (N, C, size, size) in [0, 1], as the network wants them in memory."""
    faces = torch.from_numpy(images).float().div(255).unsqueeze(1).expand(-1, model.config.channels, -1, -1)
    return resize(faces, size).contiguous(memory_format=torch.channels_last)
