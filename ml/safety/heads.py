"""Small linear heads over `heads_statistics`: ridge regression, and the file that they are kept in.

A head answers with a number on the scale of its labels. Beside its weights stands what was measured on kinds of scenes
that it had not seen; a layer asks no head that stays below the layer's bar.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ml.safety.heads_statistics import NAMES
from ml.weights.shelf import Weights, take

WEIGHTS: Final = "feeling"
FILE: Final = "heads.json"
PENALTY: Final = 30.0
"""Ridge's λ on standardised statistics and their squares; set once, not tuned on what is held out."""

Rows = npt.NDArray[np.float32]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Head:
    """One head. `held_out` is the figure on kinds of scenes not trained on, `measure` says of what sort."""

    name: str
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    measure: str
    held_out: float

    def __call__(self, statistics: Rows) -> float:
        """The value for one row of statistics."""
        return float(predict(self, statistics[None])[0])


def features(statistics: Rows, means: Values, scales: Values) -> Values:
    """(N, 2 × D): the standardised statistics, held within ±4, and their squares."""
    standard = np.clip((statistics - means) / scales, -4.0, 4.0)
    return np.concatenate([standard, standard**2 - 1.0], axis=1)


def fit(name: str, statistics: Rows, labels: Values, *, measure: str = "", held_out: float = 0.0) -> Head:
    """Ridge regression in closed form. `statistics` (N, D), `labels` (N,)."""
    means, scales = statistics.mean(axis=0, dtype=np.float64), statistics.std(axis=0, dtype=np.float64) + 1e-4
    design = features(statistics, means, scales)
    centre = design.mean(axis=0)
    level = float(labels.mean())
    moved = design - centre
    weights = np.linalg.solve(moved.T @ moved + PENALTY * np.eye(moved.shape[1]), moved.T @ (labels - level))
    return Head(
        name, _kept(means), _kept(scales), _kept(weights), bias=round(level - float(centre @ weights), 6),
        measure=measure, held_out=round(held_out, 3),
    )  # fmt: skip


def _kept(row: Values) -> tuple[float, ...]:
    return tuple(round(float(one), 6) for one in row)


def predict(head: Head, statistics: Rows) -> Values:
    """(N,) values for (N, D) statistics."""
    design = features(statistics, np.array(head.means), np.array(head.scales))
    return np.asarray(design @ np.array(head.weights) + head.bias)


def save(path: Path, heads: Mapping[str, Head], **facts: Any) -> None:
    """Write the heads with whatever is worth knowing of how they came to be."""
    text = {"statistics": list(NAMES), **facts, "heads": {name: asdict(head) for name, head in heads.items()}}
    path.write_text(json.dumps(text, indent=1) + "\n", encoding="utf-8")


def read(path: Path) -> dict[str, Head]:
    """The heads of a file. Raises ValueError when they read other statistics than ours."""
    found = json.loads(path.read_text("utf-8"))
    if tuple(found["statistics"]) != NAMES:
        raise ValueError("the heads were fitted on other statistics")
    return {name: _head(facts) for name, facts in found["heads"].items()}


def _head(facts: dict[str, Any]) -> Head:
    rows = {name: tuple(facts[name]) for name in ("means", "scales", "weights")}
    return Head(**{**facts, **rows})


@cache
def shipped() -> tuple[Weights, dict[str, Head]]:
    """The heads that ship, checked byte for byte, once a process. Raises WeightsMissing, WeightsAltered."""
    weights = take(WEIGHTS)
    return weights, read(weights.file(FILE))
