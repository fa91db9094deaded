"""Trained networks whose mean answer another one learns: an ensemble distilled into one pass (Hinton et al., 2015)."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from ml.emotion.config import EmotionConfig
from ml.emotion.data.labelled import LabelledFaces
from ml.emotion.network import EmotionNet
from ml.emotion.training import checkpoints
from ml.emotion.training.machine import Machine
from ml.vocabulary import EMOTIONS

_AT_ONCE: Final = 256


class Teachers:
    """The averages of runs' best.pt; each sees the faces at its own size and channels."""

    def __init__(self, files: Sequence[Path], machine: Machine) -> None:
        """Raises FileNotFoundError."""
        self._machine = machine
        self._models = [_teacher(checkpoints.load(path), machine) for path in files]

    @torch.no_grad()
    def blended(self, faces: Tensor, targets: Tensor, share: float) -> Tensor:
        """(B, 7) targets for (B, C, S, S) faces: `share` of it the teachers' mean probabilities, the rest as given."""
        return (1 - share) * targets + share * self._answers(faces)

    @torch.no_grad()
    def of_all(self, faces: LabelledFaces) -> Tensor:
        """(N, 7) mean probabilities of each face and its mirror image; even ones of a picture that cannot be read."""
        said = torch.full((len(faces), len(EMOTIONS)), 1 / len(EMOTIONS))
        for rows in np.array_split(np.arange(len(faces), dtype=np.intp), math.ceil(len(faces) / _AT_ONCE)):
            pictures, read = faces.take(rows)
            if len(pictures):
                seen = torch.from_numpy(pictures).to(self._machine.device).float().div_(255)
                said[rows[read]] = ((self._answers(seen) + self._answers(seen.flip(-1))) / 2).cpu()
        return said

    def _answers(self, faces: Tensor) -> Tensor:
        with self._machine.autocast():
            answers = [model(_as_seen_by(model, faces)).float().softmax(dim=1) for model in self._models]
        return torch.stack(answers).mean(dim=0)


def _teacher(state: dict[str, Any], machine: Machine) -> EmotionNet:
    model = EmotionNet(EmotionConfig.from_dict(json.loads(state["config"])))
    checkpoints.put(state["average"], model)
    model.eval().requires_grad_(requires_grad=False)
    return model.to(machine.device).to(memory_format=torch.channels_last)


def _as_seen_by(model: EmotionNet, faces: Tensor) -> Tensor:
    if model.config.channels < faces.shape[1]:
        faces = faces.mean(dim=1, keepdim=True)
    return model.sized(faces).contiguous(memory_format=torch.channels_last)
