"""One fine-tuning: a step, a verdict on what was held out, a checkpoint that goes on to the bit.

Chance comes from the seed and the step's number alone, so that a run that was stopped ends where it would have ended.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from torch import Tensor, nn
from torch.nn import functional

from ml.imaging.finetune.lessons import Lessons
from ml.imaging.finetune.objective import Objective
from ml.imaging.finetune.settings import Settings
from ml.imaging.training.budget import Average, learning_rate, set_rate, trainable

HALVES: Final = {"bf16": torch.bfloat16, "fp16": torch.float16}
_JUDGED: Final = 32
"""Times and noises that held-out pictures are judged at, in all, at least."""


class Trainer:
    """A UNet on its device, what of it is trained, and how far it got."""

    def __init__(
        self, unet: UNet2DConditionModel, objective: Objective, lessons: Lessons, held_out: Lessons,
        settings: Settings, device: str,
    ) -> None:  # fmt: skip
        """The UNet already has its adapters, or all of it is to be trained."""
        self.unet, self.settings, self.step = unet.to(device).train(), settings, 0
        self._objective, self._lessons, self._held_out, self._device = objective, lessons, held_out, device
        self._moved = nn.ParameterList(trainable(unet))
        self._optimizer = torch.optim.AdamW(self._moved, lr=settings.rate, weight_decay=0.01)
        self._average = Average(self._moved, settings.decay) if settings.decay else None
        self._scaler = torch.amp.GradScaler(_kind(device), enabled=settings.precision == "fp16")
        self.checkpoint_gradients(settings.checkpointing)

    @property
    def count(self) -> int:
        """How many numbers are trained."""
        return sum(parameter.numel() for parameter in self._moved)

    def checkpoint_gradients(self, wanted: bool) -> None:
        """Whether activations are computed again in the backward pass instead of being held."""
        (self.unet.enable_gradient_checkpointing if wanted else self.unet.disable_gradient_checkpointing)()

    def advance(self) -> float:
        """One step; returns its loss."""
        settings = self.settings
        set_rate(self._optimizer, learning_rate(settings.rate, self.step, self.step / settings.steps))
        loss = self.gradients()
        self._scaler.unscale_(self._optimizer)
        nn.utils.clip_grad_norm_(self._moved, 1.0)
        self._scaler.step(self._optimizer)
        self._scaler.update()
        self._optimizer.zero_grad()
        if self._average is not None:
            self._average.update(self._moved)
        self.step += 1
        return loss

    def gradients(self) -> float:
        """The loss of this step's batch, its gradients added to the parameters'."""
        rng = np.random.default_rng((self.settings.seed, self.step))
        clean, words = self._lessons.batch(rng, self.settings.batch, self.settings.empty)
        chance = torch.from_numpy(rng.uniform(size=len(clean)).astype(np.float32))
        noise = torch.from_numpy(rng.standard_normal(clean.shape, dtype=np.float32))
        loss = self._loss(clean, words, noise, chance)
        self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
        return loss.item()

    def forget_gradients(self) -> None:
        """After a trial."""
        self._optimizer.zero_grad()

    @torch.no_grad()
    def judge(self) -> float:
        """Mean loss on the held-out pictures, fixed noise and times; by the averaged weights where there are any."""
        rounds = -(-_JUDGED // len(self._held_out))
        clean = self._held_out.codes[0].repeat(rounds, 1, 1, 1)
        words = self._held_out.words.repeat(rounds, 1, 1)
        noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(1))
        order = torch.randperm(len(clean), generator=torch.Generator().manual_seed(2))
        chance = torch.linspace(0.02, 0.98, len(clean))[order]
        wholes = [torch.split(whole, 4 * self.settings.batch) for whole in (clean, words, noise, chance)]
        with self.averaged():  # four times a step's batch: without gradients it takes no more memory
            parts = [float(self._loss(*part)) * len(part[0]) for part in zip(*wholes, strict=True)]
        return sum(parts) / len(clean)

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """The averaged weights in the UNet, where there are any; its own come back after."""
        if self._average is None:
            yield
            return
        own = {name: value.clone() for name, value in self._moved.state_dict().items()}
        self._moved.load_state_dict(self._average.weights)
        try:
            yield
        finally:
            self._moved.load_state_dict(own)

    def state(self) -> dict[str, Any]:
        """What `restore` needs; tensors and numbers only."""
        average = None if self._average is None else self._average.weights
        return {
            "step": self.step, "weights": self._moved.state_dict(), "optimizer": self._optimizer.state_dict(),
            "average": average, "scaler": self._scaler.state_dict(),
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        self.step = int(state["step"])
        self._moved.load_state_dict(state["weights"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._scaler.load_state_dict(state["scaler"])
        if self._average is not None:
            own = self._average.weights
            self._average.weights = {name: value.to(own[name]) for name, value in state["average"].items()}
            self._average.steps = self.step

    def _loss(self, clean: Tensor, words: Tensor, noise: Tensor, chance: Tensor) -> Tensor:
        noisy, times, target = (part.to(self._device) for part in self._objective.ask(clean, noise, chance))
        half = HALVES.get(self.settings.precision)
        with torch.autocast(_kind(self._device), dtype=half, enabled=half is not None):
            answer = self.unet(noisy, times, encoder_hidden_states=words.to(self._device)).sample
        return functional.mse_loss(answer.float(), target)


def _kind(device: str) -> str:
    return torch.device(device).type
