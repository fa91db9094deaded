"""One training run of the single-frame network, resumable to the step."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from ml.emotion.augment import augment, mix
from ml.emotion.config import EmotionConfig
from ml.emotion.faceset import FaceSet
from ml.emotion.network import EmotionNet
from ml.emotion.recipe import Recipe

_STEP_STRIDE: Final = 1_000_003
"""Each step draws from a generator of its own, seeded by run and step, so that a resumed run repeats it exactly."""


@dataclass(frozen=True)
class Length:
    """How long to train: a number of steps, or minutes of training time, pauses not counted."""

    steps: int | None = None
    minutes: float | None = None

    def progress(self, step: int, seconds: float) -> float:
        if self.minutes is not None:
            return min(1.0, seconds / (self.minutes * 60))
        return min(1.0, step / (self.steps or 1))


class Trainer:
    """Holds network, average, optimiser and clock of one run over one FaceSet."""

    def __init__(self, config: EmotionConfig, recipe: Recipe, faces: FaceSet, length: Length) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.length = recipe, length
        self.model = EmotionNet(config).to(memory_format=torch.channels_last)
        self.average = EmotionNet(config).to(memory_format=torch.channels_last)
        self.average.load_state_dict(self.model.state_dict())
        self.optimiser = _optimiser(self.model, recipe)
        self.images = torch.from_numpy(faces.images)
        self.targets = torch.from_numpy(faces.soft_targets())
        self.step, self.seconds = 0, 0.0

    @property
    def progress(self) -> float:
        return self.length.progress(self.step, self.seconds)

    @property
    def epoch(self) -> float:
        return self.step / self._steps_per_epoch

    @property
    def _steps_per_epoch(self) -> int:
        return max(1, len(self.images) // self.recipe.batch)

    def run(self) -> Iterator[float]:
        """Take steps until the length is reached, yielding each one's loss."""
        while self.progress < 1:
            started = time.monotonic()
            loss = self._take_step()
            self.seconds += time.monotonic() - started
            yield loss

    def _take_step(self) -> float:
        progress = self.progress
        faces, targets = self._batch(progress)
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.rate(progress)
        self.model.train()
        loss = functional.cross_entropy(self.model(faces.contiguous(memory_format=torch.channels_last)), targets)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it unannotated
        self.optimiser.step()
        self.step += 1
        self._follow_average()
        return float(loss.detach())

    def _batch(self, progress: float) -> tuple[Tensor, Tensor]:
        random = torch.Generator().manual_seed(self.recipe.seed * _STEP_STRIDE + self.step)
        rows = self._order(self.step // self._steps_per_epoch)[self.step % self._steps_per_epoch]
        faces = self.images[rows].float().div_(255).unsqueeze(1)
        faces = augment(faces, self.recipe.size(progress), self.recipe.augmentation, random)
        return mix(faces, self.targets[rows], self.recipe.mixup_at(progress), random)

    def _order(self, epoch: int) -> NDArray[np.intp]:
        """(steps, batch) row numbers of one epoch, shuffled by run and epoch."""
        order = np.random.default_rng((self.recipe.seed, epoch)).permutation(len(self.images))
        batch = min(self.recipe.batch, len(order))
        return order[: self._steps_per_epoch * batch].reshape(self._steps_per_epoch, batch)

    @torch.no_grad()
    def _follow_average(self) -> None:
        decay = self.recipe.averaging(self.step)
        for kept, new in zip(self.average.state_dict().values(), self.model.state_dict().values(), strict=True):
            if kept.is_floating_point():
                kept.lerp_(new, 1 - decay)
            else:
                kept.copy_(new)

    def state(self) -> dict[str, Any]:
        """All that a later run needs to go on as if nothing had happened."""
        return {
            "config": self.model.config.to_json(),
            "recipe": self.recipe.to_dict(),
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
        }

    def restore(self, state: dict[str, Any]) -> Self:
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]
        return self


def _optimiser(model: EmotionNet, recipe: Recipe) -> torch.optim.Optimizer:
    groups = _groups(model, recipe)
    if recipe.optimiser == "adamw":
        return torch.optim.AdamW(groups, lr=0.0, betas=(recipe.momentum, 0.99))
    return torch.optim.SGD(groups, lr=0.0, momentum=recipe.momentum, nesterov=True)


def _groups(model: EmotionNet, recipe: Recipe) -> list[dict[str, Any]]:
    """Weights decay, norms and biases do not; the LSTM is trained later, on frozen features."""
    trained = [p for name, p in model.named_parameters() if not name.startswith("temporal.")]
    return [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": recipe.weight_decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
