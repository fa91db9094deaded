"""Where a run computes and how precisely."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final, Literal, Self, get_args

import torch

from ml.engine.precision import hold_single

Precision = Literal["fp32", "bf16", "fp16"]
PRECISIONS: Final[tuple[Precision, ...]] = get_args(Precision)
_TYPES: Final = {"bf16": torch.bfloat16, "fp16": torch.float16}


class NoSuchDevice(Exception):
    """This computer lacks the device that was asked for."""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """`device` as torch names it; weights stay in single precision, `precision` is that of the multiplications.

    bf16 and fp16 go through autocast; fp16 also scales the loss, since its gradients would vanish otherwise
    (Micikevicius et al., Mixed precision training, 2017). `checkpointing` trades time for memory.
    """

    device: str = "cpu"
    precision: Precision = "fp32"
    checkpointing: bool = False

    def autocast(self) -> AbstractContextManager[Any]:
        kind = torch.device(self.device).type
        return torch.autocast(kind, dtype=_TYPES.get(self.precision), enabled=self.precision != "fp32")

    def scaler(self) -> torch.amp.GradScaler:
        """Does nothing but for fp16."""
        return torch.amp.GradScaler(torch.device(self.device).type, enabled=self.precision == "fp16")

    def check(self) -> Self:
        """Take the machine up: single precision means that on a GPU, too.

        Raises:
            NoSuchDevice: a device that is not here, or none that training runs on.
        """
        kind, _, number = self.device.partition(":")
        here = torch.cuda.device_count() if kind == "cuda" else 1
        if kind not in ("cpu", "cuda") or (number and not number.isdecimal()) or int(number or 0) >= here:
            raise NoSuchDevice(f"no device {self.device} here; cpu, or one of {torch.cuda.device_count()} GPUs")
        hold_single(self.device)
        return self
