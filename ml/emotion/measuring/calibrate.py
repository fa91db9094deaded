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

_STRENGTHS: Final = tuple(round(0.05 * step, 2) for step in range(21))
"""How far along the way from the answers as trained to those likeliest under the original labels."""
_FOLDS: Final = 10
"""Parts that the biases are tried on, each by those fitted to the others: on their own faces they flatter."""


@dataclass(frozen=True)
class Calibration:
    """`biases`, one an emotion, are added to the logits, which `temperature` then divides."""

    biases: tuple[float, ...]
    temperature: float

    def apply(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, 7) logits as they are after calibration."""
        return ((logits + np.array(self.biases, dtype=np.float32)) / self.temperature).astype(np.float32)

    def build_into(self, model: EmotionNet) -> None:
        """Into the head's bias and the temperature, in place: reading costs nothing more."""
        with torch.no_grad():
            model.head.bias.add_(torch.tensor(self.biases))
            model.temperature.fill_(self.temperature)


def fit(logits: NDArray[np.float32], labels: NDArray[np.int64], majority: NDArray[np.int64]) -> Calibration:
    """Fit (N, 7) logits to (N,) original labels, and to the majority of votes (−1 where nobody can say).

    A network that learned half from original labels and half from votes answers between the two: votes say neutral
    oftener and fear seldom. The biases lead from there to what is likeliest under the original labels, as far as
    macro F1 on these gains more than agreement with the majorities loses.
    """
    towards = _tried_biases(logits, labels)
    strength = max(_STRENGTHS, key=lambda s: sum(_scores(logits + s * towards, labels, majority)))
    biases = (strength * _likeliest_biases(logits, labels)).astype(np.float32)
    return Calibration(tuple(float(bias) for bias in biases), fit_temperature(logits + biases, labels))


def _tried_biases(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.float32]:
    """(N, 7): for each face the biases fitted to the other parts' faces."""
    parts = np.random.default_rng(0).permutation(len(labels)) % _FOLDS
    biases = np.empty_like(logits)
    for part in range(_FOLDS):
        biases[parts == part] = _likeliest_biases(logits[parts != part], labels[parts != part])
    return biases


def _likeliest_biases(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.float32]:
    """(7,) biases, mean 0, with the lowest negative log-likelihood of the labels, beside a temperature of their own.

    Vector scaling without its seven slopes (Guo et al., 2017): eight numbers, so that they cannot learn the faces.
    """
    scores, truth = torch.from_numpy(logits), torch.from_numpy(labels)
    biases, sharpness = torch.zeros(logits.shape[1], requires_grad=True), torch.zeros(1, requires_grad=True)
    search = torch.optim.LBFGS([biases, sharpness], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        search.zero_grad()
        value = (
            torch.nn.functional.cross_entropy((scores + biases) * sharpness.exp(), truth) + 1e-3 * biases.square().sum()
        )
        value.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
        return value

    search.step(loss)  # type: ignore[no-untyped-call]  # torch leaves it without types
    found: NDArray[np.float32] = (biases - biases.mean()).detach().numpy()
    return found


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
