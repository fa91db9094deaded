"""How different two pictures look: 1 - MS-SSIM, so that 0 is the same picture and about 1 has nothing in common.

Wang, Simoncelli and Bovik, "Multi-scale structural similarity for image quality assessment" (2003): contrast and
structure at each scale, lightness at the coarsest. Four of the paper's five scales, as 128 pixels allow, their weights
brought to a sum of 1; each colour channel by itself, then the mean of the three.
"""

from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

_WEIGHTS: Final = (0.0448, 0.2856, 0.3001, 0.2363)
_WINDOW, _SPREAD = 11, 1.5
_LIGHT, _CONTRAST = 0.01**2, 0.03**2


def distances(pictures: Tensor) -> Tensor:
    """(N, N) distances in [0, 1], 0 on the diagonal.

    Args:
        pictures: (N, 3, H, W) in [0, 1], H and W at least 88.
    """
    scales = _scales(pictures)
    table = torch.zeros(len(pictures), len(pictures))
    for row in range(len(pictures) - 1):
        table[row, row + 1 :] = torch.stack([
            _compared(scale[row : row + 1], scale[row + 1 :], last=number == len(scales) - 1) ** weight
            for number, (scale, weight) in enumerate(zip(scales, _shares(), strict=True))
        ]).prod(dim=0).mean(dim=1)  # fmt: skip
        table[row, row + 1 :] = 1.0 - table[row, row + 1 :]
    return table + table.T


def nearest_pair(table: Tensor) -> tuple[int, int, float]:
    """The two pictures that are most alike and their distance; of (N, N) distances, N at least 2."""
    masked = table + torch.eye(len(table)) * 2.0
    place = int(masked.argmin())
    return place // len(table), place % len(table), float(masked.min())


def _shares() -> list[float]:
    return [weight / sum(_WEIGHTS) for weight in _WEIGHTS]


def _scales(pictures: Tensor) -> list[Tensor]:
    scales = [pictures]
    for _ in _WEIGHTS[1:]:
        scales.append(functional.avg_pool2d(scales[-1], 2))
    return scales


def _compared(one: Tensor, others: Tensor, *, last: bool) -> Tensor:
    """(M, 3) likeness of one picture (1, 3, H, W) with M others at one scale; never negative."""
    mean, means = _blurred(one), _blurred(others)
    spread, spreads = _blurred(one**2) - mean**2, _blurred(others**2) - means**2
    shared = _blurred(one * others) - mean * means
    likeness = (2 * shared + _CONTRAST) / (spread + spreads + _CONTRAST)
    if last:
        likeness = likeness * (2 * mean * means + _LIGHT) / (mean**2 + means**2 + _LIGHT)
    return likeness.mean(dim=(2, 3)).clamp_min(0.0)


def _blurred(pictures: Tensor) -> Tensor:
    """Weighted by the paper's Gaussian window, without the borders that it does not cover."""
    places = torch.arange(_WINDOW) - _WINDOW // 2
    weights = torch.exp(-(places**2) / (2 * _SPREAD**2))
    weights = (weights / weights.sum()).expand(3, 1, 1, _WINDOW)
    across = functional.conv2d(pictures, weights, groups=3)
    return functional.conv2d(across, weights.transpose(2, 3), groups=3)
