"""A picture in another picture's colours: what is left to read is its shapes."""

from typing import Final

import torch
from torch import Tensor

_LEAST: Final = 1e-4
"""Least variance of a direction in colour space: an ink wash has hardly any, and dividing by it would blow up noise."""


def with_colours_of(pictures: Tensor, others: Tensor) -> Tensor:
    """Each picture with the mean and the covariance of its colours moved to those of the other one in its row.

    Whitened by its own covariance, coloured by the other's (both by their symmetric roots), cut to the range.

    Args:
        pictures, others: (B, 3, H, W) in [0, 1].
    """
    own_mean, own_root = _statistics(pictures, -0.5)
    mean, root = _statistics(others, 0.5)
    flat = root @ own_root @ (pictures.flatten(2) - own_mean) + mean
    return flat.reshape(pictures.shape).clamp(0.0, 1.0)


def _statistics(pictures: Tensor, power: float) -> tuple[Tensor, Tensor]:
    """(B, 3, 1) mean colours and (B, 3, 3) powers of the covariances."""
    flat = pictures.flatten(2)
    mean = flat.mean(dim=2, keepdim=True)
    spread = flat - mean
    values, vectors = torch.linalg.eigh(spread @ spread.transpose(1, 2) / flat.shape[2])
    return mean, vectors @ torch.diag_embed(values.clamp_min(_LEAST) ** power) @ vectors.transpose(1, 2)
