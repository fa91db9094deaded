"""A run's folder: the checkpoint to resume from, and the best average so far by the hold-out."""

import os
from pathlib import Path
from typing import Any

import torch


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
