"""EmotionNet to and from a folder of weights: half-precision safetensors beside its configuration."""

import json
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load_file, save_file

from ml.emotion.config import EmotionConfig
from ml.emotion.network import EmotionNet
from ml.weights import shelf

_MODEL: Final = "model.safetensors"
_CONFIG: Final = "config.json"


def save_network(model: EmotionNet, folder: Path, **facts: Any) -> None:
    """Write `model` in half precision with its configuration and a manifest; half the bytes, the same answers."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        name: value.half().contiguous() if value.is_floating_point() else value.contiguous()
        for name, value in model.state_dict().items()
    }
    save_file(tensors, folder / _MODEL)
    (folder / _MODEL).chmod(0o644)  # whoever may read the configuration may read the weights
    (folder / _CONFIG).write_text(model.config.to_json(), encoding="utf-8")
    shelf.seal(folder, **facts)


def load_network(weights: shelf.Weights) -> EmotionNet:
    """The network of a checked folder, in single precision, ready to read faces."""
    config = EmotionConfig.from_dict(json.loads(weights.file(_CONFIG).read_text(encoding="utf-8")))
    model = EmotionNet(config)
    model.load_state_dict(load_file(weights.file(_MODEL)))
    model.eval().requires_grad_(requires_grad=False)
    return model.to(memory_format=torch.channels_last)
