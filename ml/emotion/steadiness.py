"""How steady and how quick a reading is along clips: flicker and lag, the two that smoothing trades."""

from dataclasses import dataclass

import torch
from torch import Tensor

_SETTLE = 3
"""Frames a fade lasts: no one can be expected to see the change before it is half done."""


@dataclass(frozen=True)
class Steadiness:
    """`flicker`: share of frames whose winner differs from the frame before, outside changes. `lag`: mean frames from
    a change of emotion to the first frame that names the new one (never: all that were left). `accuracy`: of frames.
    """

    flicker: float
    lag: float
    accuracy: float


def steadiness(probabilities: Tensor, targets: Tensor, change: Tensor, turns: Tensor) -> Steadiness:
    """Figures of (N, T, 7) probabilities of clips against their targets; `change` and `turns` as in Clips."""
    winner, truth = probabilities.argmax(dim=2), targets.argmax(dim=2)
    frames = torch.arange(winner.shape[1])[None]
    fading = (frames >= change[:, None]) & (frames <= change[:, None] + _SETTLE)
    moved = (winner[:, 1:] != winner[:, :-1]) & ~fading[:, 1:]
    flicker = moved.sum() / (~fading[:, 1:]).sum()
    after = frames >= change[:, None]
    named = after & (winner == truth[:, -1:])
    last = torch.full_like(change, winner.shape[1])
    first = torch.where(named.any(dim=1), named.int().argmax(dim=1), last)
    lag = (first - change)[turns].float().mean() if bool(turns.any()) else torch.tensor(0.0)
    return Steadiness(float(flicker), float(lag), float((winner == truth).float().mean()))


def running_mean(probabilities: Tensor, keep: float) -> Tensor:
    """The plain alternative to the LSTM: (N, T, 7) with each frame mixed into what was, `keep` of the old."""
    rows = [probabilities[:, 0]]
    for frame in range(1, probabilities.shape[1]):
        rows.append(keep * rows[-1] + (1 - keep) * probabilities[:, frame])
    return torch.stack(rows, dim=1)
