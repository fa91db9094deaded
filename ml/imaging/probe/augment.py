"""What is done to pictures in training, so that shapes count where they should and a painter's blur does not matter."""

from dataclasses import dataclass
from typing import Final

import torch
from torch import Generator, Tensor
from torch.nn import functional

from ml.imaging.probe.colour import with_colours_of

SHAPES: Final = ("kind", "weather", "style")
"""Attributes that have to be read whatever the colours are; the others are asked only where colours were left."""
SWAPPED: Final = 0.5
"""Share of pictures that take another picture's colours."""
_SOFTENED: Final = 0.6
"""Share of groups that lose their detail."""
_GROUPS: Final = 4
_COARSEST: Final = 0.3
"""Least share of the side that a softened picture keeps before it is enlarged again: 38 of 128 pixels."""
_NOISE: Final = 0.03


@dataclass(frozen=True)
class Varied:
    """Pictures (B, 3, H, W) in [0, 1], and (B,) whether their colours are still their own."""

    pictures: Tensor
    own_colours: Tensor


def vary(pictures: Tensor, chance: Generator, swapped: float = SWAPPED) -> Varied:
    """Mirror, swap colours (that share of them), soften, add noise; each by chance. (B, 3, H, W) in [0, 1]."""
    count = len(pictures)
    mirrored = _odds(count, 0.5, chance)[:, None, None, None]
    pictures = torch.where(mirrored, pictures.flip(3), pictures)
    own = ~_odds(count, swapped, chance)
    pictures = _swapped(pictures, ~own, chance)
    pictures = torch.cat([_soften(group, chance) for group in pictures.chunk(_GROUPS)])
    return Varied((pictures + _grain(pictures, chance)).clamp(0.0, 1.0), own)


def _odds(count: int, share: float, chance: Generator) -> Tensor:
    return torch.rand(count, generator=chance) < share


def _swapped(pictures: Tensor, chosen: Tensor, chance: Generator) -> Tensor:
    """The chosen ones in the colours of a random other picture of the batch, wholly or in part."""
    others = pictures[torch.randint(len(pictures), (int(chosen.sum()),), generator=chance)]
    share = torch.rand(len(others), 1, 1, 1, generator=chance).mul(1.5).clamp(0.5, 1.0)
    mixed = pictures.clone()
    mixed[chosen] = torch.lerp(pictures[chosen], with_colours_of(pictures[chosen], others), share)
    return mixed


def _soften(pictures: Tensor, chance: Generator) -> Tensor:
    """Down to a few pixels and up again."""
    luck, depth = torch.rand(2, generator=chance).tolist()
    if luck >= _SOFTENED or not len(pictures):
        return pictures
    side = pictures.shape[-1]
    small = round(side * (_COARSEST + (1.0 - _COARSEST) * depth))
    few = functional.interpolate(pictures, size=(small, small), mode="bilinear", antialias=True)
    return functional.interpolate(few, size=(side, side), mode="bilinear")


def _grain(pictures: Tensor, chance: Generator) -> Tensor:
    """Noise of a pixel and noise of eight, each picture its own strength."""
    count, _, height, width = pictures.shape
    fine = torch.randn(count, 1, height, width, generator=chance)
    coarse = torch.randn(count, 3, height // 8, width // 8, generator=chance)
    strengths = torch.rand(2, count, 1, 1, 1, generator=chance) * _NOISE
    blotches = functional.interpolate(coarse, size=(height, width), mode="bilinear")
    return fine * strengths[0] + blotches * strengths[1]
