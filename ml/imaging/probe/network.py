"""The network: convolutions down to 8 x 8 places, average and maximum over them, a linear head an attribute."""

from itertools import pairwise
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from ml.imaging.training.dataset import VOCABULARIES
from ml.scenes.captions import ATTRIBUTES

SIDE: Final = 128
"""Pixels that it looks at; other sizes are brought there first."""
WIDTHS: Final = (16, 32, 64, 128)


class Residual(nn.Module):
    """Two 3x3 convolutions around which the picture also passes unchanged."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.one, self.other = convolution(width, width), convolution(width, width)

    def forward(self, maps: Tensor) -> Tensor:
        return functional.relu(maps + self.other(functional.relu(self.one(maps))))


class ProbeNet(nn.Module):
    """0.5 million parameters in the layout that ships."""

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        """Each width halves the picture; all but the first also look twice."""
        super().__init__()
        self.widths = tuple(widths)
        parts: list[nn.Module] = [convolution(3, widths[0], stride=2), nn.ReLU()]
        for before, width in pairwise(widths):
            parts += [convolution(before, width, stride=2), nn.ReLU(), Residual(width)]
        self.trunk = nn.Sequential(*parts)
        self.drop = nn.Dropout(0.1)
        self.heads = nn.ModuleDict(
            {name: nn.Linear(2 * widths[-1], len(words)) for name, words in zip(ATTRIBUTES, VOCABULARIES, strict=True)}
        )
        self.to(memory_format=torch.channels_last)

    def features(self, pictures: Tensor) -> Tensor:
        """(B, 3, H, W) in [-1, 1] to (B, 2 x width): what is found on average, and what is found anywhere."""
        maps = self.trunk(pictures.contiguous(memory_format=torch.channels_last)).float()
        return torch.cat([maps.mean(dim=(2, 3)), maps.amax(dim=(2, 3))], dim=1)

    def forward(self, pictures: Tensor) -> dict[str, Tensor]:
        """Scores before the softmax, attribute to (B, words)."""
        found = self.drop(self.features(pictures))
        return {name: head(found) for name, head in self.heads.items()}


def convolution(into: int, out: int, stride: int = 1) -> nn.Sequential:
    """3x3, normalised over the batch."""
    return nn.Sequential(nn.Conv2d(into, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out))
