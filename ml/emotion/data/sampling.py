"""Which faces an epoch shows, and in what order: a function of run and epoch alone, so that runs can be resumed."""

import numpy as np
from numpy.typing import NDArray


def epoch_length(weights: NDArray[np.float64]) -> int:
    """How many faces an epoch shows; the same for each epoch."""
    kinds, counts = np.unique(weights, return_counts=True)
    return sum(int(kind) * int(count) + _drawn(kind, count) for kind, count in zip(kinds, counts, strict=True))


def epoch_rows(weights: NDArray[np.float64], seed: tuple[int, int]) -> NDArray[np.intp]:
    """Rows in a random order, each as often as its weight says; `seed` is the run's and the epoch's number.

    A fraction of the weight is a share of the rows that bear it, drawn afresh for each epoch.
    """
    random = np.random.default_rng(seed)
    rows = np.repeat(np.arange(len(weights)), np.floor(weights).astype(np.intp))
    for kind in np.unique(weights[weights % 1 > 0]):
        members = np.flatnonzero(weights == kind)
        rows = np.concatenate([rows, random.choice(members, _drawn(kind, len(members)), replace=False)])
    return random.permutation(rows)


def _drawn(weight: float, count: int) -> int:
    return round(float(weight) % 1 * int(count))
