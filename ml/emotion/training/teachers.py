"""Trained networks whose mean answer another one learns: an ensemble distilled into one pass (Hinton et al., 2015)."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ml.emotion.config import EmotionConfig
from ml.emotion.network import EmotionNet
from ml.emotion.training import checkpoints
from ml.emotion.training.augment import resize
from ml.emotion.training.machine import Machine


class Teachers:
    """The averages of runs' best.pt; each sees the faces at its own size and channels."""

    def __init__(self, files: Sequence[Path], machine: Machine) -> None:
        """Raises FileNotFoundError."""
        self._machine = machine
        self._models = [_teacher(checkpoints.load(path), machine) for path in files]

    @torch.no_grad()
    def blended(self, faces: Tensor, targets: Tensor, share: float) -> Tensor:
        """(B, 7) targets for (B, C, S, S) faces: `share` of it the teachers' mean probabilities, the rest as given."""
        with self._machine.autocast():
            answers = [model(_as_seen_by(model, faces)).float().softmax(dim=1) for model in self._models]
        return (1 - share) * targets + share * torch.stack(answers).mean(dim=0)


def _teacher(state: dict[str, Any], machine: Machine) -> EmotionNet:
    model = EmotionNet(EmotionConfig.from_dict(json.loads(state["config"])))
    checkpoints.put(state["average"], model)
    model.eval().requires_grad_(requires_grad=False)
    return model.to(machine.device).to(memory_format=torch.channels_last)


def _as_seen_by(model: EmotionNet, faces: Tensor) -> Tensor:
    config = model.config
    if config.channels < faces.shape[1]:
        faces = faces.mean(dim=1, keepdim=True)
    sized = resize(faces, config.input_size).expand(-1, config.channels, -1, -1)
    return sized.contiguous(memory_format=torch.channels_last)
