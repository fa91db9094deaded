"""Turns, shifts, mirrors and covers training faces, a whole batch at once; the same sampling resizes them."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """Largest turn in degrees, scaling and shift as shares of the face's side, share of faces that get covered.

    `gamma` is the largest exponent as a natural logarithm, `noise` the largest deviation of a camera's grain in shares
    of full white, `soften` the share of faces that lose their fine detail. `brightness` is the largest change of the
    light as a share, `sigma` the deviation of a noise that every face gets in full.
    """

    degrees: float = 10.0
    scale: float = 0.12
    shift: float = 0.10
    erase: float = 0.2
    gamma: float = 0.25
    noise: float = 0.03
    soften: float = 0.1
    brightness: float = 0.0
    sigma: float = 0.0


def augment(faces: Tensor, size: int, how: Augmentation, random: torch.Generator) -> Tensor:
    """(B, C, H, W) in [0, 1] → (B, C, size, size), each face moved, mirrored or covered on its own.

    `random` is a generator on the CPU, so that a run moves its faces alike on any device; grain alone is drawn there.
    """
    transforms = _transforms(len(faces), how, random).to(faces.device)
    grid = functional.affine_grid(transforms, [len(faces), faces.shape[1], size, size], align_corners=False)
    moved = functional.grid_sample(faces, grid, padding_mode="reflection", align_corners=False)
    seen = _soften(_expose(moved, how, random), how.soften, random)
    return cover(seen, how.erase, random)


def mix(faces: Tensor, targets: Tensor, alpha: float, random: torch.Generator) -> tuple[Tensor, Tensor]:
    """Mixup (Zhang et al., 2017): each face blended with another, targets alike; one weight a batch."""
    if alpha == 0:
        return faces, targets
    seed = int(torch.randint(2**31, (), generator=random))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)  # Beta takes no generator
        weight = float(torch.distributions.Beta(alpha, alpha).sample())
    order = torch.randperm(len(faces), generator=random).to(faces.device)
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


def _expose(faces: Tensor, how: Augmentation, random: torch.Generator) -> Tensor:
    """Each face under a light curve and with a grain of its own; brightness and plain noise where a recipe asks for
    them. The first recipes need no brightness: their network takes it out face by face."""
    count, device = len(faces), faces.device
    curve = torch.exp((torch.rand(count, 1, 1, 1, generator=random) * 2 - 1) * how.gamma).to(device)
    grain = (torch.rand(count, 1, 1, 1, generator=random) * how.noise).to(device)
    lit = faces.clamp(0, 1) ** curve
    if how.brightness:
        light = 1 + (torch.rand(count, 1, 1, 1, generator=random) * 2 - 1) * how.brightness
        lit = lit * light.to(device)
    if how.sigma:
        grain = (grain**2 + how.sigma**2).sqrt()  # two independent noises are one of the summed variance
    return (lit + _noise(faces, random) * grain).clamp(0, 1)


def _noise(faces: Tensor, random: torch.Generator) -> Tensor:
    """Standard normal, shaped and placed as the faces; drawn on their device, since moving it would take longer."""
    if faces.device == random.device:
        return torch.randn(faces.shape, generator=random)
    seed = int(torch.randint(2**62, (), generator=random))
    there = torch.Generator(faces.device).manual_seed(seed)
    return torch.randn(faces.shape, generator=there, device=faces.device)


def _soften(faces: Tensor, share: float, random: torch.Generator) -> Tensor:
    """`share` of the faces shrunk to between half and nine tenths of the side, and enlarged again."""
    count = round(share * len(faces))
    if not count:
        return faces
    side = faces.shape[-1]
    small = max(8, round(side * (0.5 + 0.4 * float(torch.rand((), generator=random)))))
    chosen = torch.randperm(len(faces), generator=random)[:count].to(faces.device)
    shrunk = functional.interpolate(faces[chosen], size=(small, small), mode="area")
    softened = faces.clone()
    softened[chosen] = functional.interpolate(shrunk, size=(side, side), mode="bilinear", align_corners=False)
    return softened


def cover(
    faces: Tensor, share: float, random: torch.Generator, extents: tuple[float, float] = (1 / 6, 1 / 2)
) -> Tensor:
    """A box of each face's mean grey over `share` of the faces (Zhong et al., random erasing, 2017).

    `extents` are the least and the most of a side that it takes.
    """
    count, _, height, width = faces.shape
    least, most = extents
    extent = torch.rand(count, 2, generator=random) * (most - least) + least
    corner = torch.rand(count, 2, generator=random) * (1 - extent)
    rows = (torch.arange(height) + 0.5) / height
    columns = (torch.arange(width) + 0.5) / width
    down = (rows > corner[:, :1]) & (rows < corner[:, :1] + extent[:, :1])
    across = (columns > corner[:, 1:]) & (columns < corner[:, 1:] + extent[:, 1:])
    chosen = torch.rand(count, generator=random) < share
    covered = (down[:, None, :, None] & across[:, None, None, :]) & chosen[:, None, None, None]
    return torch.where(covered.to(faces.device), faces.mean(dim=(1, 2, 3), keepdim=True), faces)
