"""The upscaler's network, and the critic that teaches it what drawn edges look like."""

from itertools import pairwise
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

FACTOR: Final = 4
_SPREADS: Final = (1, 2, 4, 2, 1)
"""Dilations of the blocks: a few see as far as a patch of the painter's code, eight pixels, and its neighbours."""


class Upscaler(nn.Module):
    """(B, 3, H, W) in [-1, 1] → (B, 3, 4H, 4W): bicubic, and what a few residual blocks add to it.

    Untrained it adds nothing. No normalisation: each pixel depends on its surroundings alone, so that a picture is the
    same in any company and any size.
    """

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.width = width
        self.enter = nn.Conv2d(3, width, 3, padding=1)
        self.blocks = nn.ModuleList(_Block(width, spread) for spread in _SPREADS)
        self.leave = nn.Conv2d(width, 3 * FACTOR**2, 3, padding=1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)  # type: ignore[arg-type]  # it has one

    def forward(self, small: Tensor) -> Tensor:
        seen = self.enter(small)
        for block in self.blocks:
            seen = block(seen)
        base = functional.interpolate(small, scale_factor=FACTOR, mode="bicubic", align_corners=False)
        added: Tensor = functional.pixel_shuffle(self.leave(functional.silu(seen)), FACTOR)
        return base + added


class _Block(nn.Module):
    def __init__(self, width: int, spread: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=spread, dilation=spread)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.second.weight)

    def forward(self, seen: Tensor) -> Tensor:
        changed: Tensor = seen + self.second(functional.silu(self.first(functional.silu(seen))))
        return changed


def new_critic(width: int = 24) -> nn.Sequential:
    """(B, 3, S, S) → (B, 1, S/8, S/8): how drawn each patch looks. Spectrally normalised, so that it stays gentle
    (Miyato et al., 2018)."""
    sides = (3, width, 2 * width, 4 * width)
    layers: list[nn.Module] = []
    for before, after in pairwise(sides):
        layers += [spectral_norm(nn.Conv2d(before, after, 4, 2, 1)), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, spectral_norm(nn.Conv2d(sides[-1], 1, 3, padding=1)))


def verdict_loss(critic: nn.Module, drawn: Tensor, made: Tensor) -> Tensor:
    """What the critic minimises: the hinge loss of telling the renderer's patches from the upscaler's."""
    real = functional.relu(1 - critic(drawn)).mean()
    false = functional.relu(1 + critic(made.detach())).mean()
    both: Tensor = real + false
    return both


def edges(pictures: Tensor) -> float:
    """Mean difference of neighbouring pixels of (B, 3, H, W), in their own units: how much detail there is."""
    with torch.no_grad():
        return float((pictures.diff(dim=2).abs().mean() + pictures.diff(dim=3).abs().mean()) / 2)
