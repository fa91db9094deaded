"""What this machine's devices are, as far as it decides how a model runs."""

from importlib.util import find_spec
from typing import Final

import torch

from ml.imaging.production.acceleration import Device

_GIB: Final = 2**30


def numbered(name: str) -> torch.device:
    """The GPU that torch calls `name`, by its number, without which no limit can be set: "cuda" is the current one."""
    place = torch.device(name)
    return place if place.index is not None else torch.device(place.type, torch.cuda.current_device())


def device_at(name: str) -> Device:
    """The device that torch calls `name`, such as "cpu" or "cuda:0". Raises RuntimeError where there is none such."""
    place, torchao = torch.device(name), find_spec("torchao") is not None
    if place.type != "cuda":
        return Device(place.type, torchao=torchao)
    facts = torch.cuda.get_device_properties(place)
    return Device("cuda", facts.total_memory / _GIB, (facts.major, facts.minor), torchao)
