"""The noise that a picture begins as: its own, and a part that the pictures of one patient have in common.

Where brush and composition come from the noise, pictures that share a part of it look as if one hand had made them.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor


def starting_noise(
    seeds: Sequence[int], looks: Sequence[int | None], shape: tuple[int, int, int], share: float,
    dtype: torch.dtype = torch.float32,
) -> Tensor:  # fmt: skip
    """(B, C, H, W) standard normal noise, each picture's from its own seed, whoever is painted beside it.

    Args:
        looks: for each picture the seed of what it shares; None shares nothing.
        share: of the variance, how much is shared, in [0, 1); with 0 it is what diffusers draws for these seeds.
    """
    own = [_drawn(seed, shape, dtype) for seed in seeds]
    return torch.stack([
        noise if look is None or share == 0 else _blended(noise, _drawn(look, shape, dtype), share)
        for noise, look in zip(own, looks, strict=True)
    ])  # fmt: skip


def _drawn(seed: int, shape: tuple[int, int, int], dtype: torch.dtype) -> Tensor:
    return torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed), dtype=dtype)


def _blended(own: Tensor, shared: Tensor, share: float) -> Tensor:
    """Variances add up to 1, so that the sampler meets the noise that it was made for."""
    return math.sqrt(share) * shared + math.sqrt(1 - share) * own
