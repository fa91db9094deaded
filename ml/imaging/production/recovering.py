"""A pruned UNet learns to answer as the whole one did, on rendered scenes with noise; it can be stopped and resumed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from diffusers import StableDiffusionPipeline, UNet2DConditionModel
from torch import Tensor

from ml.imaging.training.budget import (
    SAVE_EVERY_S,
    Average,
    Budget,
    learning_rate,
    load_checkpoint,
    save_checkpoint,
    set_rate,
)  # fmt: skip
from ml.imaging.training.dataset import training_spec
from ml.scenes.captions import caption
from ml.scenes.render import render

_BATCH: Final = 16
_ENCODED_AT_ONCE: Final = 8
_RATE: Final = 4e-4
_DECAY: Final = 0.998
_HELD_BACK: Final = 32
_EMPTY: Final = 0.1


@dataclass(frozen=True)
class Lessons:
    """Codes (N, C, h, w) of scenes and the states (N, T, H) of their captions; the first few are never trained on."""

    codes: Tensor
    states: Tensor

    @property
    def held_back(self) -> int:
        return min(_HELD_BACK, len(self.codes) // 4)


@torch.inference_mode()
def lessons(pipeline: StableDiffusionPipeline, size: int, scenes: int, seed: int) -> Lessons:
    """Render scenes of the kinds that the painter was trained on, one caption in ten empty, and encode both."""
    rng, codes, states = np.random.default_rng(seed), list[Tensor](), list[Tensor]()
    for first in range(0, scenes, _ENCODED_AT_ONCE):
        specs = [training_spec(seed, row) for row in range(first, min(first + _ENCODED_AT_ONCE, scenes))]
        pixels = torch.from_numpy(np.stack([render(spec, size, size) for spec in specs])).permute(0, 3, 1, 2)
        code = pipeline.vae.encode(pixels.float() / 127.5 - 1.0).latent_dist.mean
        codes.append(code * pipeline.vae.config.scaling_factor)
        words = ["" if rng.uniform() < _EMPTY else caption(spec, rng) for spec in specs]
        states.append(_states(pipeline, words))
    return Lessons(torch.cat(codes).clone(), torch.cat(states).clone())


def _states(pipeline: StableDiffusionPipeline, words: list[str]) -> Tensor:
    tokens = pipeline.tokenizer(
        words,
        padding="max_length",
        max_length=pipeline.tokenizer.model_max_length,
        truncation=True,
        return_tensors="pt",
    )
    states: Tensor = pipeline.text_encoder(tokens.input_ids)[0]
    return states


class Recovery:
    """One training of a pruned UNet against the whole one, and how far it got."""

    def __init__(
        self, pipeline: StableDiffusionPipeline, student: UNet2DConditionModel, given: Lessons, rate: float = _RATE
    ) -> None:
        """`pipeline` keeps the whole UNet, which teaches; `rate` is the highest that is learned with."""
        self.student, self._given = student.train(), given
        self._teacher, self._scheduler, self._rate = pipeline.unet, pipeline.scheduler, rate
        self._optimizer = torch.optim.AdamW(student.parameters(), lr=rate, betas=(0.9, 0.99), weight_decay=0.01)
        self.average, self.step = Average(student, _DECAY), 0

    def run(self, path: Path, minutes: float, seed: int, *, resume: bool) -> None:
        """Until the budget of processor minutes is spent, over interruptions; `path` holds the checkpoint."""
        spent = self.restore(load_checkpoint(path)) if resume and path.exists() else 0.0
        budget = Budget(minutes, spent)
        chance, saved = torch.Generator().manual_seed(seed + self.step), budget.spent_s
        while budget.allows(self.step):
            set_rate(self._optimizer, learning_rate(self._rate, self.step, budget.share))
            self._learn(chance)
            if budget.spent_s - saved > SAVE_EVERY_S or budget.share >= 1.0:
                saved = budget.spent_s
                self.save(path, saved)

    @torch.no_grad()
    def apart(self, unet: UNet2DConditionModel) -> float:
        """Mean squared difference from the whole UNet on the scenes held back, with fixed noise and times."""
        count, chance = self._given.held_back, torch.Generator().manual_seed(1)
        noise = torch.randn(self._given.codes[:count].shape, generator=chance)
        return float(self._loss(unet, slice(0, count), noise, torch.linspace(0.02, 0.98, count)))

    def recovered(self) -> UNet2DConditionModel:
        """The student with the average of its weights."""
        self.student.load_state_dict(self.average.weights)
        return self.student.eval()

    def save(self, path: Path, spent_s: float) -> None:
        """Write the checkpoint that `restore` reads."""
        parts: dict[str, Any] = {"student": self.student.state_dict(), "average": self.average.weights}
        save_checkpoint(
            path, parts | {"optimizer": self._optimizer.state_dict(), "step": self.step, "spent_s": spent_s}
        )

    def restore(self, state: dict[str, Any]) -> float:
        """Go on from a checkpoint; returns the seconds already spent."""
        self.student.load_state_dict(state["student"])
        self._optimizer.load_state_dict(state["optimizer"])
        self.average.weights, self.average.steps = state["average"], int(state["step"])
        self.step = int(state["step"])
        return float(state["spent_s"])

    def _learn(self, chance: torch.Generator) -> None:
        rows = torch.randint(self._given.held_back, len(self._given.codes), (_BATCH,), generator=chance)
        noise = torch.randn(self._given.codes[rows].shape, generator=chance)
        loss = self._loss(self.student, rows, noise, torch.rand(_BATCH, generator=chance))
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
        torch.nn.utils.clip_grad_norm_(self.student.parameters(), 1.0)
        self._optimizer.step()
        self.average.update(self.student)
        self.step += 1

    def _loss(self, unet: UNet2DConditionModel, rows: Tensor | slice, noise: Tensor, times: Tensor) -> Tensor:
        """Mean squared difference of two UNets' answers at times (B,) in [0, 1], 1 being all noise."""
        states = self._given.states[rows]
        mixed, steps = self._mixed(self._given.codes[rows], noise, times)
        with torch.no_grad():
            taught = self._teacher(mixed, steps, encoder_hidden_states=states).sample
        answer = unet(mixed, steps, encoder_hidden_states=states).sample
        return torch.nn.functional.mse_loss(answer, taught)

    def _mixed(self, codes: Tensor, noise: Tensor, times: Tensor) -> tuple[Tensor, Tensor]:
        """Noisy codes as the model's own scheduler makes them, and its timesteps."""
        if self._scheduler.config.prediction_type == "flow_prediction":
            return torch.lerp(codes, noise, times[:, None, None, None]), times * 1000.0
        steps = (times * (self._scheduler.config.num_train_timesteps - 1)).long()
        kept = self._scheduler.alphas_cumprod[steps][:, None, None, None]
        return kept.sqrt() * codes + (1 - kept).sqrt() * noise, steps
