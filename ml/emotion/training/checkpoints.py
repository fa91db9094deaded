"""A run's folder: the checkpoint to resume from, and the best average so far by the hold-out."""

import os
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from ml.emotion.network import EmotionNet

_LATER: Final = "temporal."
"""Trained after the single-frame network: in these checkpoints it is an untrained one, perhaps of an older form."""


def save(state: dict[str, Any], path: Path) -> None:
    """Write beside, sync, then rename: a run killed at any moment leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".writing")
    with beside.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def load(path: Path) -> dict[str, Any]:
    """Tensors and plain values only: a checkpoint from elsewhere cannot run code.

    Raises:
        FileNotFoundError: nothing to resume from.
    """
    loaded: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return loaded


def put(stored: dict[str, Tensor], model: EmotionNet) -> None:
    """Load a checkpoint's weights into `model`, which keeps its own LSTM. Raises RuntimeError where they do not fit."""
    own = {name: value for name, value in model.state_dict().items() if name.startswith(_LATER)}
    model.load_state_dict({name: value for name, value in stored.items() if not name.startswith(_LATER)} | own)
