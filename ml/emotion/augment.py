"""Turns, shifts, mirrors and covers training faces, a whole batch at once; the same sampling resizes them."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """Largest turn in degrees, scaling and shift as shares of the face's side, share of faces that get covered."""

    degrees: float = 10.0
    scale: float = 0.12
    shift: float = 0.10
    erase: float = 0.25


def augment(faces: Tensor, size: int, how: Augmentation, random: torch.Generator) -> Tensor:
    """(B, C, H, W) in [0, 1] → (B, C, size, size), each face moved, mirrored or covered on its own."""
    grid = functional.affine_grid(
        _transforms(len(faces), how, random), [len(faces), faces.shape[1], size, size], align_corners=False
    )
    moved = functional.grid_sample(faces, grid, padding_mode="reflection", align_corners=False)
    return _cover(moved, how.erase, random)


def resize(faces: Tensor, size: int) -> Tensor:
    """(B, C, H, W) → (B, C, size, size), bilinear, as training samples it."""
    if faces.shape[-2:] == (size, size):
        return faces
    return functional.interpolate(faces, size=(size, size), mode="bilinear", align_corners=False)


def mix(faces: Tensor, targets: Tensor, alpha: float, random: torch.Generator) -> tuple[Tensor, Tensor]:
    """Mixup (Zhang et al., 2017): each face blended with another, targets alike; one weight a batch."""
    if alpha == 0:
        return faces, targets
    seed = int(torch.randint(2**31, (), generator=random))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)  # Beta takes no generator
        weight = float(torch.distributions.Beta(alpha, alpha).sample())
    order = torch.randperm(len(faces), generator=random)
    return weight * faces + (1 - weight) * faces[order], weight * targets + (1 - weight) * targets[order]


def _transforms(count: int, how: Augmentation, random: torch.Generator) -> Tensor:
    def uniform(bound: float) -> Tensor:
        return (torch.rand(count, generator=random) * 2 - 1) * bound

    angle = uniform(math.radians(how.degrees))
    scale = 1 + uniform(how.scale)
    mirror = torch.where(torch.rand(count, generator=random) < 0.5, -1.0, 1.0)
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    # the grid reaches from −1 to 1, so a shift by a share of the side is twice that
    across, down = uniform(2 * how.shift), uniform(2 * how.shift)
    rows = torch.stack([cos * mirror, -sin, across, sin * mirror, cos, down], dim=1)
    return rows.view(count, 2, 3)


def _cover(faces: Tensor, share: float, random: torch.Generator) -> Tensor:
    """A grey box of a sixth to a half of each side over `share` of the faces (Zhong et al., random erasing, 2017)."""
    count, _, height, width = faces.shape
    extent = torch.rand(count, 2, generator=random) / 3 + 1 / 6
    corner = torch.rand(count, 2, generator=random) * (1 - extent)
    rows = (torch.arange(height) + 0.5) / height
    columns = (torch.arange(width) + 0.5) / width
    down = (rows > corner[:, :1]) & (rows < corner[:, :1] + extent[:, :1])
    across = (columns > corner[:, 1:]) & (columns < corner[:, 1:] + extent[:, 1:])
    chosen = torch.rand(count, generator=random) < share
    covered = (down[:, None, :, None] & across[:, None, None, :]) & chosen[:, None, None, None]
    return torch.where(covered, faces.mean(dim=(1, 2, 3), keepdim=True), faces)
