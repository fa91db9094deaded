"""A training of a known length: a budget in minutes, a learning rate that anneals over it, averages, checkpoints.

Minutes are the processor's, divided by torch's threads: a machine that is busy with other things, or a run that is
stopped for an hour, trains later but not less.
"""

import math
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn

WARM_UP: Final = 100
SAVE_EVERY_S: Final = 90.0


class Budget:
    """Time spent and left, counted over interruptions."""

    def __init__(self, minutes: float, spent_s: float = 0.0) -> None:
        """`spent_s` is what earlier runs already used."""
        self.seconds = minutes * 60.0
        self._before = spent_s
        self._start = _worked_s()

    @property
    def spent_s(self) -> float:
        """Seconds used by this run and those before it."""
        return self._before + _worked_s() - self._start

    @property
    def share(self) -> float:
        """How much of the budget is used, in [0, 1]."""
        return min(self.spent_s / self.seconds, 1.0)

    def allows(self, step: int) -> bool:
        """Whether the step of that number may be taken. The first always, however long it took to begin: a run that
        begins anew leaves no older run's checkpoint as its own, and one that goes on piece by piece gets on.
        """
        return step == 0 or self.share < 1.0


def _worked_s() -> float:
    return time.process_time() / torch.get_num_threads()


def learning_rate(peak: float, step: int, share: float) -> float:
    """Linear warm-up over `WARM_UP` steps, then half a cosine over the budget down to 2 % of the peak."""
    return peak * min(1.0, (step + 1) / WARM_UP) * (0.02 + 0.98 * 0.5 * (1.0 + math.cos(math.pi * share)))


class Average:
    """An exponential moving average of a model's weights; pictures are made with these."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        """Start from the weights as they are."""
        self.decay = decay
        self.steps = 0
        self.weights = {name: value.detach().clone() for name, value in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Move a little towards the model; faster at first, so that the start is soon forgotten."""
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        for name, value in model.state_dict().items():
            if value.dtype.is_floating_point:
                self.weights[name].lerp_(value, 1.0 - decay)


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write beside, then rename: a kill in between leaves the old one whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    torch.save(state, fresh)
    fresh.rename(path)


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Read our own checkpoint (tensors and numbers only)."""
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def part_of(weights: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    """The weights whose names begin so, without that beginning."""
    return {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Give each group the rate times its own factor (`factor`, 1 when absent)."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group.get("factor", 1.0)


def trainable(*modules: nn.Module) -> Iterable[nn.Parameter]:
    """All parameters that want a gradient."""
    return (parameter for module in modules for parameter in module.parameters() if parameter.requires_grad)
