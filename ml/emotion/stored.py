"""EmotionNet to and from a folder of weights: half-precision safetensors beside its configuration."""

import json
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from ml.emotion.config import EmotionConfig
from ml.emotion.network import EmotionNet
from ml.weights import shelf

_MODEL: Final = "model.safetensors"
_CONFIG: Final = "config.json"
_KERNEL: Final = 4
"""Dimensions of a convolution's weights."""
_SCALE: Final = ".scale"
_MOST: Final = 127


def save_network(model: EmotionNet, folder: Path, *, eight_bits: bool = False, **facts: Any) -> None:
    """Write `model` in half precision with its configuration and a manifest; half the bytes, the same answers.

    With `eight_bits`, kernels are whole numbers of -127 to 127 and a scale for each channel that they give: a quarter
    of the bytes. It is how they are stored; they are read, and computed with, as floating-point numbers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tensors: dict[str, Tensor] = {}
    for name, value in model.state_dict().items():
        if eight_bits and value.ndim == _KERNEL:
            tensors[name], tensors[name + _SCALE] = _rounded(value)
        else:
            tensors[name] = (value.half() if value.is_floating_point() else value).contiguous()
    save_file(tensors, folder / _MODEL)
    (folder / _MODEL).chmod(0o644)  # whoever may read the configuration may read the weights
    (folder / _CONFIG).write_text(model.config.to_json(), encoding="utf-8")
    shelf.seal(folder, **facts)


def _rounded(kernel: Tensor) -> tuple[Tensor, Tensor]:
    """(O, I, h, w) as bytes, and the (O,) float32 scales that they are multiplied by."""
    scales = kernel.float().abs().amax(dim=(1, 2, 3)).clamp_min(1e-12) / _MOST
    return (kernel.float() / scales.view(-1, 1, 1, 1)).round().to(torch.int8).contiguous(), scales


def load_network(weights: shelf.Weights) -> EmotionNet:
    """The network of a checked folder, in single precision, ready to read faces."""
    config = EmotionConfig.from_dict(json.loads(weights.file(_CONFIG).read_text(encoding="utf-8")))
    model = EmotionNet(config)
    stored = load_file(weights.file(_MODEL))
    scales = {name.removesuffix(_SCALE): stored.pop(name) for name in sorted(stored) if name.endswith(_SCALE)}
    whole = {name: stored[name].float() * scale.view(-1, 1, 1, 1) for name, scale in scales.items()}
    model.load_state_dict(stored | whole)
    model.eval().requires_grad_(requires_grad=False)
    return model.to(memory_format=torch.channels_last)
