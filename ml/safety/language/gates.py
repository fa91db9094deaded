"""Weighs the encoder's margins and the word list's findings together, and says from where on a text is refused.

One gate refuses what is painted or shown, one calls a person to a note. Each is a ridge logistic regression on margins
of lines whose theme the encoder had not learned, with a bar for each kind of text: whoever asks knows it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ml.safety.language.evidence import NAMES, Rows

Flags = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]

GATES: Final = {"prompt": "picture", "output": "picture", "note": "note"}
"""Which gate reads which kind of text."""
PENALTY: Final = 3.0
"""Ridge's λ on standardised evidence; set once."""
ROUNDS: Final = 30
_FAR: Final = 30.0


@dataclass(frozen=True, slots=True)
class Gate:
    """A row of weights over standardised evidence, and by kind the score in [0, 1] from which a text is refused.

    `lower` is by kind a lower bar for a text of which something else speaks, too: a listed word in what is painted or
    shown (where there is none, the word refuses alone), self-harm in a note.
    """

    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    bars: Mapping[str, float]
    lower: Mapping[str, float] = field(default_factory=dict)

    def scores(self, rows: Rows) -> Scores:
        """(N,) in [0, 1] for (N, F) evidence."""
        standard = (rows - np.array(self.means)) / np.array(self.scales)
        return _squashed(standard @ np.array(self.weights) + self.bias)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "evidence": list(NAMES), "bars": dict(self.bars), "lower": dict(self.lower)}


def gate_of(facts: Mapping[str, Any]) -> Gate:
    """A gate as `as_json` wrote it. Raises ValueError when it reads other evidence than ours."""
    if tuple(facts["evidence"]) != NAMES:
        raise ValueError("the gate was fitted on other evidence")
    rows = {name: tuple(facts[name]) for name in ("means", "scales", "weights")}
    return Gate(**rows, bias=facts["bias"], bars=facts["bars"], lower=facts.get("lower", {}))


def read_as(kind: str) -> str:
    """What whoever reads a text of that kind takes it for: nobody is told that a text is hostile."""
    return "prompt" if kind == "hostile" else kind


def fit_gate(rows: Rows, harmful: Flags, bars: Mapping[str, float]) -> Gate:
    """Newton's steps to the ridge logistic regression of `harmful` (N,) on `rows` (N, F)."""
    means, scales = rows.mean(axis=0), rows.std(axis=0) + 1e-3
    design = np.concatenate([(rows - means) / scales, np.ones((len(rows), 1))], axis=1)
    ridge = np.diag([*[PENALTY] * rows.shape[1], 1e-6])
    weights = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        likely = _squashed(design @ weights)
        slope = design.T @ (harmful - likely) - ridge @ weights
        bend = (design * (likely * (1 - likely))[:, None]).T @ design + ridge
        weights = weights + np.linalg.solve(bend, slope)
    return Gate(_kept(means), _kept(scales), _kept(weights[:-1]), round(float(weights[-1]), 6), bars)


def crossed(rows: Rows, harmful: Flags, folds: Sequence[int]) -> Scores:
    """(N,) each row's score by a gate that was fitted on the other folds' rows."""
    fold = np.array(folds)
    found = np.zeros(len(rows))
    for one in np.unique(fold):
        found[fold == one] = fit_gate(rows[fold != one], harmful[fold != one], {}).scores(rows[fold == one])
    return found


def bar_at(scores: Scores, harmful: Flags, alarms: float) -> float:
    """The lowest bar that refuses no more than that share of the harmless."""
    harmless = np.sort(scores[~harmful])[::-1]
    may = int(alarms * len(harmless))
    return round(float(harmless[may]) + 1e-4, 4) if may < len(harmless) else 0.0


def listed_bar(scores: Scores, harmful: Flags, listed: Flags, bar: float) -> float:
    """The highest bar, `bar` at most, below which no harmful text with a listed word lies; 0 where there was none."""
    named = scores[harmful & listed]
    return min(bar, round(float(named.min()) - 1e-4, 4)) if len(named) else 0.0


def grave_bar(scores: Scores, harmful: Flags, grave: Flags, bar: float, alarms: float) -> float:
    """The lowest bar, `bar` at most, that calls for no more than a share `alarms` of the harmless for being `grave`."""
    below = np.sort(scores[~harmful & grave & (scores < bar)])[::-1]
    may = int(alarms * (~harmful).sum())
    return min(bar, round(float(below[may]) + 1e-4, 4)) if may < len(below) else bar


def _squashed(values: Scores) -> Scores:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -_FAR, _FAR))))


def _kept(row: Scores) -> tuple[float, ...]:
    return tuple(round(float(one), 6) for one in row)
