"""The directions in which faces of different people differ and one person's do not, fitted once by ``fit``."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.faces.likeness.histogram import LENGTH
from ml.weights import shelf

KEPT: Final = 24
"""Directions. With 16 strangers are confused more often; with 32 one man's grin looks like another man."""


@dataclass(frozen=True)
class Basis:
    """`mean` (128,): the average face's histograms. `directions` (128, 24)."""

    mean: NDArray[np.float32]
    directions: NDArray[np.float32]

    def project(self, histograms: NDArray[np.float32]) -> NDArray[np.float32]:
        """(…, 128) → (…, 24) of length 1."""
        across = (histograms - self.mean) @ self.directions
        unit: NDArray[np.float32] = across / (np.linalg.norm(across, axis=-1, keepdims=True) + np.float32(1e-6))
        return unit


@cache
def shipped() -> Basis:
    """The one that ships: averages over thousands of faces; nobody's face can be told from it.

    Raises:
        WeightsMissing, WeightsAltered
    """
    return read(shelf.take("likeness").file("basis.npy"))


def read(path: Path) -> Basis:
    """What ``fit`` wrote: (25, 128), the mean first."""
    rows = np.load(path, allow_pickle=False).astype(np.float32)
    if rows.shape != (KEPT + 1, LENGTH):
        raise ValueError(f"{path}: {rows.shape} is no basis")
    return Basis(rows[0], np.ascontiguousarray(rows[1:].T))


def solve(
    histograms: NDArray[np.float32], within: NDArray[np.float64], *, evenness: float = 0.05
) -> NDArray[np.float32]:
    """Linear discriminant analysis (Fisher, 1936; Rao, 1948) → (25, 128) rows to store.

    Args:
        histograms: (N, 128) of different people.
        within: (128, 128), how one person's scatter about their own mean.
        evenness: what is added to `within`, as a share of its mean variance; otherwise directions in which the fitted
            changes happen not to differ would count without bound.
    """
    mean = histograms.mean(axis=0)
    total = np.cov(histograms.T)
    size = len(mean)
    values, turned = np.linalg.eigh(within + evenness * np.trace(within) / size * np.eye(size))
    whiten = turned / np.sqrt(values)
    spread, directions = np.linalg.eigh(whiten.T @ total @ whiten)
    best = (whiten @ directions)[:, np.argsort(spread)[::-1][:KEPT]]
    return np.vstack([mean, best.T]).astype(np.float32)
