"""Fitted after training, on faces that training did not see: how much rare emotions count, and what confidence means.

Neither changes what the network sees, only where it draws its lines and how sure it says it is.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from ml.emotion.measuring.metrics import confusion, per_class
from ml.emotion.network import EmotionNet

_SHIFTS: Final = tuple(round(-0.75 + 0.05 * step, 2) for step in range(31))
"""−0.75 takes most of the training shares out of the answers, 0.75 puts them in twice."""
_PRICE: Final = 0.01
"""Accuracy against the annotators' majority that a better macro F1 may cost, as a share of faces."""


@dataclass(frozen=True)
class Calibration:
    """`shift` times the log of each emotion's share in training is added to the logits, which `temperature` divides."""

    shift: float
    temperature: float

    def apply(self, logits: NDArray[np.float32], shares: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, 7) logits as they are after calibration."""
        return (shifted(logits, shares, self.shift) / self.temperature).astype(np.float32)

    def build_into(self, model: EmotionNet, shares: NDArray[np.float32]) -> None:
        """Into the head's bias and the temperature, in place: reading costs nothing more."""
        with torch.no_grad():
            model.head.bias.add_(self.shift * torch.from_numpy(shares).log())
            model.temperature.fill_(self.temperature)


def fit(
    logits: NDArray[np.float32], labels: NDArray[np.int64], majority: NDArray[np.int64], shares: NDArray[np.float32]
) -> Calibration:
    """Fit (N, 7) logits to (N,) original labels, and to the majority of votes (−1 where nobody can say).

    The shift with the best macro F1 on the original labels wins, among those that cost at most a point of accuracy
    against the majority: ten annotators are the better judge of a face, but they seldom say fear.
    """
    scores = {shift: _scores(shifted(logits, shares, shift), labels, majority) for shift in _SHIFTS}
    bar = max(agreed for _, agreed in scores.values()) - _PRICE
    shift = max((s for s in _SHIFTS if scores[s][1] >= bar), key=lambda s: scores[s][0])
    return Calibration(shift, fit_temperature(shifted(logits, shares, shift), labels))


def shifted(logits: NDArray[np.float32], shares: NDArray[np.float32], shift: float) -> NDArray[np.float32]:
    """(N, 7) logits with `shift` times the log of each emotion's share added."""
    return (logits + shift * np.log(shares)).astype(np.float32)


def fit_temperature(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The divisor of (N, 7) logits that minimises the negative log-likelihood of (N,) labels; between 0.2 and 5.

    One number that makes confidence mean what it says (Guo et al., On calibration of modern neural networks, 2017).
    """
    scores, truth = torch.from_numpy(logits), torch.from_numpy(labels)
    candidates = torch.linspace(np.log(0.2), np.log(5.0), 400).exp()
    losses = torch.stack([torch.nn.functional.cross_entropy(scores / divisor, truth) for divisor in candidates])
    return float(candidates[losses.argmin()])


def _scores(logits: NDArray[np.float32], labels: NDArray[np.int64], majority: NDArray[np.int64]) -> tuple[float, float]:
    """Macro F1 on the labels, accuracy against the majority (1 where no face has one)."""
    guesses = logits.argmax(axis=1)
    clear = majority >= 0
    agreed = float((guesses[clear] == majority[clear]).mean()) if clear.any() else 1.0
    return float(np.mean([row["f1"] for row in per_class(confusion(labels, guesses)).values()])), agreed
