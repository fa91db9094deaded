"""The upscaler on disk: half-precision weights beside the painter whose pictures it knows."""

from pathlib import Path
from typing import Final

import torch
from safetensors.torch import load_file, save_file

from ml.imaging.loading import PainterUnfit
from ml.imaging.upscaler.network import Upscaler

FOLDER: Final = "upscaler"
_FILE: Final = "upscaler.safetensors"


def save_upscaler(weights: dict[str, torch.Tensor], painter: Path) -> None:
    """Write into the painter's folder; whoever seals the folder afterwards seals this too."""
    home = painter / FOLDER
    home.mkdir(parents=True, exist_ok=True)
    save_file({name: value.half().contiguous() for name, value in weights.items()}, home / _FILE)


def load_upscaler(painter: Path) -> Upscaler | None:
    """In single precision, ready to use; None where the painter's folder has none.

    Raises:
        PainterUnfit: the file holds no upscaler of this layout.
    """
    path = painter / FOLDER / _FILE
    if not path.exists():
        return None
    weights = {name: value.float() for name, value in load_file(path).items()}
    try:
        upscaler = Upscaler(weights["enter.weight"].shape[0])
        upscaler.load_state_dict(weights)
    except (KeyError, RuntimeError) as error:
        raise PainterUnfit(f"{path}: {str(error).splitlines()[0]}") from error
    return upscaler.eval().requires_grad_(requires_grad=False)
