"""Probabilities for many stills at once, without history."""

import numpy as np
import torch
from numpy.typing import NDArray

from ml.emotion.augment import resize
from ml.emotion.network import EmotionNet

_BATCH = 128


@torch.inference_mode()
def logits_of(
    model: EmotionNet, images: NDArray[np.uint8], *, mirrored: bool = True, size: int | None = None
) -> NDArray[np.float32]:
    """(N, H, W) uint8 grey faces → (N, 7) logits, the mean over face and mirror image unless `mirrored` is off."""
    model.eval()
    size = size or model.config.input_size
    parts = [_batch(model, images[start : start + _BATCH], mirrored, size) for start in range(0, len(images), _BATCH)]
    return np.concatenate(parts)


def probabilities_of(logits: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """(N, 7) softmax of the logits divided by `temperature`."""
    scaled = torch.from_numpy(logits).div(temperature).softmax(dim=1)
    return scaled.numpy()


def _batch(model: EmotionNet, images: NDArray[np.uint8], mirrored: bool, size: int) -> NDArray[np.float32]:
    faces = torch.from_numpy(images).float().div(255).unsqueeze(1).expand(-1, model.config.channels, -1, -1)
    faces = resize(faces, size).contiguous(memory_format=torch.channels_last)
    logits = model(faces)
    if mirrored:
        logits = (logits + model(faces.flip(3))) / 2
    return logits.numpy()  # type: ignore[no-any-return]  # nn.Module.__call__ is untyped
