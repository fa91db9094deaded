"""Whether a picture shows a style: a logistic regression on pooled colours and edges, fitted to rendered scenes."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Array = npt.NDArray[np.float64]

_POOL: Final = 4
_STEPS: Final = 600
_RATE, _RIDGE = 0.3, 1e-3


def features(pixels: Pixels) -> Array:
    """(100,): 4×4 means of the colours and of their differences, deviations, and how strong the edges are."""
    picture = pixels.astype(np.float64) / 255
    apart = np.abs(picture - np.roll(picture, 1, axis=2))
    edges = [np.abs(np.diff(picture, axis=axis)).mean() for axis in (0, 1)]
    spread = picture.std(axis=(0, 1))[:2]
    return np.concatenate([_pooled(picture), _pooled(apart), spread, edges])


def _pooled(picture: Array) -> Array:
    rows, columns = (size // _POOL * _POOL for size in picture.shape[:2])
    blocks = picture[:rows, :columns].reshape(_POOL, rows // _POOL, _POOL, columns // _POOL, 3)
    return np.asarray(blocks.mean(axis=(1, 3))).ravel()


@dataclass(frozen=True)
class StyleProbe:
    """A fitted probe: standardised features, weights (100,) and a bias."""

    mean: Array
    deviation: Array
    weights: Array
    bias: float

    def probability(self, pixels: Pixels) -> float:
        """That the picture shows the style."""
        score = ((features(pixels) - self.mean) / self.deviation) @ self.weights + self.bias
        return float(1 / (1 + np.exp(-np.clip(score, -50, 50))))

    def share(self, pictures: list[Pixels]) -> float:
        """Of pictures that it takes for the style."""
        return float(np.mean([self.probability(one) > 0.5 for one in pictures]))


def fit(styled: list[Pixels], plain: list[Pixels]) -> StyleProbe:
    """Gradient descent on the logistic loss with a small ridge, from zero; deterministic."""
    rows = np.stack([features(one) for one in (*styled, *plain)])
    truth = np.array([1.0] * len(styled) + [0.0] * len(plain))
    mean, deviation = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    standard = (rows - mean) / deviation
    weights, bias = np.zeros(standard.shape[1]), 0.0
    for _ in range(_STEPS):
        error = 1 / (1 + np.exp(-np.clip(standard @ weights + bias, -50, 50))) - truth
        weights -= _RATE * (standard.T @ error / len(rows) + _RIDGE * weights)
        bias -= _RATE * float(error.mean())
    return StyleProbe(mean, deviation, weights, bias)
