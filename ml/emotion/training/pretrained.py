"""Starts the trunk from torchvision's ResNet-50 weights, trained on ImageNet or on faces elsewhere."""

import pickle
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from ml.emotion.trunk import Trunk

_NO_TENSORS: Final = (
    pickle.UnpicklingError,
    SafetensorError,
    RuntimeError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
)
"""What the readers raise for files of something else: torch's goes wherever the bytes lead it."""


class WrongWeights(Exception):
    """The file holds no state dict that fits the trunk; says what is missing, too much or of another shape."""


def load_trunk(trunk: Trunk, path: Path) -> None:
    """Load a torchvision state dict, .pth or .safetensors. Its classes (`fc`) are left out; attention stays as it is.

    Code in the file is never run: tensors alone are read.

    Raises:
        FileNotFoundError, WrongWeights: retrying does not help.
    """
    given = {name: value for name, value in _read(path).items() if not name.startswith("fc.")}
    wanted = {name: value for name, value in trunk.state_dict().items() if not name.startswith("attention.")}
    # files older than PyTorch 0.4.1 lack the batch counters, and nothing that we do reads them
    missing = sorted(name for name in wanted.keys() - given.keys() if not name.endswith("num_batches_tracked"))
    unexpected = sorted(given.keys() - wanted.keys())
    misshapen = sorted(name for name in wanted.keys() & given.keys() if wanted[name].shape != given[name].shape)
    faults = {"missing": missing, "unexpected": unexpected, "of another shape": misshapen}
    if any(faults.values()):
        raise WrongWeights(
            f"{path}: " + "; ".join(f"{fault}: {_some(names)}" for fault, names in faults.items() if names)
        )
    trunk.load_state_dict(given, strict=False)


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    except _NO_TENSORS as error:
        raise WrongWeights(f"{path}: no file of tensors ({type(error).__name__})") from error
    if not isinstance(loaded, dict) or not all(isinstance(value, torch.Tensor) for value in loaded.values()):
        raise WrongWeights(f"{path}: no state dict, which names tensors and nothing else")
    return loaded


def _some(names: list[str]) -> str:
    listed = ", ".join(names[:8])
    return f"{listed} and {len(names) - 8} more" if len(names) > 8 else listed
