"""Reads labelled faces in batches, in memory or from files, and says how well."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ml.emotion.data.labelled import LabelledFaces
from ml.emotion.network import EmotionNet
from ml.emotion.resize import resize
from ml.emotion.training.machine import Machine
from ml.emotion.training.objective import plain_loss

_BATCH = 128


@dataclass(frozen=True)
class Verdict:
    """Share of faces whose label is thought likeliest, and the mean cross-entropy with the labels, unweighed."""

    accuracy: float
    loss: float


@dataclass(frozen=True)
class Answers:
    """`logits` (N, 7) and `labels` (N,) of the faces that could be read."""

    logits: NDArray[np.float32]
    labels: NDArray[np.int64]

    def verdict(self) -> Verdict:
        losses = plain_loss(torch.from_numpy(self.logits), torch.from_numpy(self.labels))
        return Verdict(float((self.logits.argmax(axis=1) == self.labels).mean()), float(losses.mean()))


@torch.inference_mode()
def answers(
    model: EmotionNet, faces: LabelledFaces, machine: Machine, *, size: int | None = None, mirrored: bool = False
) -> Answers:
    """What `model` says of each face at `size` pixels (None: its own), in single precision whatever the machine's.

    `mirrored`: the mean over the face and its mirror image. Raises NoSuchData when too many files are broken.
    """
    model.eval()
    logits: list[NDArray[np.float32]] = []
    labels: list[NDArray[np.int64]] = []
    for start in range(0, len(faces), _BATCH):
        rows = np.arange(start, min(start + _BATCH, len(faces)))
        pictures, read = faces.take(rows)
        if len(pictures):
            seen = _prepared(pictures, model, machine, size or model.config.input_size)
            said = (model(seen) + model(seen.flip(3))) / 2 if mirrored else model(seen)
            logits.append(said.cpu().numpy())
            labels.append(faces.labels[rows[read]])
    return Answers(np.concatenate(logits), np.concatenate(labels))


def _prepared(pictures: NDArray[np.uint8], model: EmotionNet, machine: Machine, size: int) -> Tensor:
    faces = torch.from_numpy(pictures).to(machine.device).float().div(255)
    wide = faces.expand(-1, model.config.channels, -1, -1)
    return resize(wide, size).contiguous(memory_format=torch.channels_last)
