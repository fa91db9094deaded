"""What the UNet is asked and what it should answer, as the base's own scheduler predicts."""

from typing import Protocol

import torch
from diffusers import DDPMScheduler, SchedulerMixin
from torch import Tensor

_SHIFT = 2.0
"""How far training times of flow matching lean towards noise; as the shipped base was trained."""


class BaseUnfit(Exception):
    """The base predicts something that nobody here can train."""


class Objective(Protocol):
    """Mixes pictures and noise, and knows the right answer."""

    def ask(self, clean: Tensor, noise: Tensor, chance: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Noisy codes, times as the UNet takes them, and the target.

        Args:
            clean, noise: (B, C, h, w).
            chance: (B,) in (0, 1), turned into times; even chances give the times that training sees.
        """
        ...


class Flow:
    """Flow matching: the answer is noise minus picture (Lipman et al., 2023); times as in Esser et al. (2024)."""

    def ask(self, clean: Tensor, noise: Tensor, chance: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """See `Objective`."""
        times = torch.sigmoid(torch.special.ndtri(chance))
        times = _SHIFT * times / (1.0 + (_SHIFT - 1.0) * times)
        return torch.lerp(clean, noise, times[:, None, None, None]), times * 1000.0, noise - clean


class Denoising:
    """DDPM training (Ho et al., 2020) on the base's own noise schedule: epsilon, v_prediction or sample."""

    def __init__(self, scheduler: SchedulerMixin) -> None:
        """Take over the schedule; any diffusers scheduler's settings will do."""
        self.predicts = str(scheduler.config.prediction_type)
        self._schedule = DDPMScheduler.from_config(scheduler.config)

    def ask(self, clean: Tensor, noise: Tensor, chance: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """See `Objective`."""
        most = self._schedule.config.num_train_timesteps
        times = (chance * most).long().clamp(0, most - 1)
        noisy = self._schedule.add_noise(clean, noise, times)
        if self.predicts == "epsilon":
            return noisy, times, noise
        if self.predicts == "v_prediction":
            return noisy, times, self._schedule.get_velocity(clean, noise, times)
        return noisy, times, clean


def objective_of(scheduler: SchedulerMixin) -> Objective:
    """The objective by `prediction_type`.

    Raises:
        BaseUnfit
    """
    predicts = scheduler.config.get("prediction_type", "epsilon")
    if predicts == "flow_prediction":
        return Flow()
    if predicts in ("epsilon", "v_prediction", "sample"):
        return Denoising(scheduler)
    raise BaseUnfit(f"the base's scheduler predicts {predicts!r}, which is not known here")
