"""Pseudo-clips made from stills, since FER-2013 has no sequences: what a webcam does to a face between frames.

A still drifts under smooth motion and light, is covered for a while, and fades into another still of the same or of
another emotion. All of it is drawn from one generator, so that a run can be repeated.
"""

import math
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

FRAMES: Final = 24
"""Five seconds at five frames a second."""
FADE: Final = 3
"""Frames that a still takes to become another, in training; the comparison uses others too."""
_DRIFTS: Final = ((math.radians(8), 0.0), (0.08, 1.0), (0.1, 0.0), (0.1, 0.0))
"""Amplitude and centre of turn, scale, shift across and shift down (the grid reaches from −1 to 1)."""


@dataclass(frozen=True)
class Clips:
    """`frames` (N, T, 1, S, S) in [0, 1]; `targets` (N, T, 7); `change` (N,) the frame a new still begins to show.

    `turns` (N,) is true where the new still's emotion is another; `fade` frames the change takes.
    """

    frames: Tensor
    targets: Tensor
    change: Tensor
    turns: Tensor
    fade: int = FADE

    @property
    def changing(self) -> Tensor:
        """(N, T) true from the first frame of a change to the first that shows the new still alone, and one more."""
        frames = torch.arange(self.targets.shape[1])[None]
        return (frames >= self.change[:, None]) & (frames <= self.change[:, None] + self.fade)


def make_clips(
    stills: Tensor, targets: Tensor, count: int, size: int, random: torch.Generator, *, fade: int = FADE
) -> Clips:
    """`count` clips from stills (N, 1, H, W) in [0, 1] with soft targets (N, 7). A `fade` of 1 is a cut."""
    first = torch.randint(len(stills), (count,), generator=random)
    second = torch.randint(len(stills), (count,), generator=random)
    change = torch.randint(6, FRAMES - 8, (count,), generator=random)
    weight = ((torch.arange(FRAMES)[None] - change[:, None] + 1) / fade).clamp(0, 1)
    blend = weight[:, :, None, None, None]
    frames = stills[first][:, None] * (1 - blend) + stills[second][:, None] * blend
    mixed = targets[first][:, None] * (1 - weight[..., None]) + targets[second][:, None] * weight[..., None]
    moved = _move(frames, size, random)
    lit = (moved * _light(count, random)).clamp(0, 1)
    noisy = (lit + 0.02 * torch.randn(lit.shape, generator=random)).clamp(0, 1)
    turns = targets[first].argmax(dim=1) != targets[second].argmax(dim=1)
    return Clips(_cover(noisy, random), mixed, change, turns, fade)


def _wander(count: int, random: torch.Generator) -> Tensor:
    """(count, T) smooth walks within [−1, 1]: two slow waves of random phase, and a little tremble of the detector."""
    time = torch.arange(FRAMES) / FRAMES
    waves = torch.zeros(count, FRAMES)
    for speed in (1.0, 2.5):
        phase = torch.rand(count, 1, generator=random) * 2 * math.pi
        waves += torch.sin(2 * math.pi * speed * time + phase) / 2
    return waves * torch.rand(count, 1, generator=random) + 0.15 * torch.randn(count, FRAMES, generator=random)


def _move(frames: Tensor, size: int, random: torch.Generator) -> Tensor:
    count = len(frames)
    turn, scale, across, down = (centre + amplitude * _wander(count, random).flatten() for amplitude, centre in _DRIFTS)
    cos, sin = torch.cos(turn) * scale, torch.sin(turn) * scale
    rows = torch.stack([cos, -sin, across, sin, cos, down], dim=1).view(-1, 2, 3)
    flat = frames.flatten(0, 1)
    grid = functional.affine_grid(rows, [len(flat), 1, size, size], align_corners=False)
    moved = functional.grid_sample(flat, grid, padding_mode="reflection", align_corners=False)
    return moved.view(count, FRAMES, 1, size, size)


def _light(count: int, random: torch.Generator) -> Tensor:
    """(count, T, 1, 1, 1) brightness factors, slowly changing."""
    return (1 + 0.3 * _wander(count, random))[:, :, None, None, None]


def _cover(frames: Tensor, random: torch.Generator) -> Tensor:
    """A hand: in a third of the clips a grey box hides part of the face for two to five frames."""
    count, _, _, side, _ = frames.shape
    start = torch.randint(1, FRAMES - 5, (count, 1), generator=random)
    length = torch.randint(2, 6, (count, 1), generator=random)
    time = torch.arange(FRAMES)[None]
    when = (time >= start) & (time < start + length) & (torch.rand(count, 1, generator=random) < 1 / 3)
    corner = torch.randint(0, side // 2, (count, 2), generator=random)
    place = torch.arange(side)[None]
    down = (place >= corner[:, :1]) & (place < corner[:, :1] + side // 2)
    across = (place >= corner[:, 1:]) & (place < corner[:, 1:] + side // 3)
    hidden = when[:, :, None, None, None] & down[:, None, None, :, None] & across[:, None, None, None, :]
    return torch.where(hidden, torch.full((), 0.45), frames)
