"""How steady and how quick a reading is along clips: flicker and lag, the two that smoothing trades.

Everything is counted clip by clip, so that intervals can be had by drawing clips again.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ml.emotion.training.clips import Clips


@dataclass(frozen=True)
class Steadiness:
    """`flicker`: share of frames whose winner differs from the frame before, outside changes. `lag`: mean frames from
    a change of emotion to the first frame that names the new one (never: all that were left). `accuracy`: of frames.
    """

    flicker: float
    lag: float
    accuracy: float


@dataclass(frozen=True)
class Tally:
    """Counts of N clips, (N,) each: winners that moved outside a change, frames where they could, lag in frames
    (NaN where no emotion changed), share of frames named right."""

    moved: NDArray[np.float64]
    chances: NDArray[np.float64]
    lag: NDArray[np.float64]
    right: NDArray[np.float64]

    def figures(self, clips: NDArray[np.intp] | slice = slice(None)) -> Steadiness:
        """Over the clips of those numbers; one may be named twice. A lag without any change is 0."""
        lags = self.lag[clips]
        lags = lags[~np.isnan(lags)]
        return Steadiness(
            float(self.moved[clips].sum() / max(1.0, self.chances[clips].sum())),
            float(lags.mean()) if len(lags) else 0.0,
            float(self.right[clips].mean()),
        )


def tally(probabilities: Tensor, clips: Clips) -> Tally:
    """Count (N, T, 7) probabilities against their clips."""
    winner, truth = probabilities.argmax(dim=2), clips.targets.argmax(dim=2)
    still = ~clips.changing[:, 1:]
    moved = ((winner[:, 1:] != winner[:, :-1]) & still).sum(dim=1)
    after = torch.arange(winner.shape[1])[None] >= clips.change[:, None]
    named = after & (winner == truth[:, -1:])
    last = torch.full_like(clips.change, winner.shape[1])
    first = torch.where(named.any(dim=1), named.int().argmax(dim=1), last)
    lag = torch.where(clips.turns, (first - clips.change).double(), torch.nan)
    right = (winner == truth).double().mean(dim=1)
    return Tally(_counted(moved), _counted(still.sum(dim=1)), _counted(lag), _counted(right))


def running_mean(probabilities: Tensor, keep: float) -> Tensor:
    """The plain alternative to the LSTM: (N, T, 7) with each frame mixed into what was, `keep` of the old."""
    rows = [probabilities[:, 0]]
    for frame in range(1, probabilities.shape[1]):
        rows.append(keep * rows[-1] + (1 - keep) * probabilities[:, frame])
    return torch.stack(rows, dim=1)


def _counted(values: Tensor) -> NDArray[np.float64]:
    counted: NDArray[np.float64] = values.double().numpy()
    return counted
