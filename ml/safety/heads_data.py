"""What the small heads are fitted on: scenes with labels by rule, spoilt ones, and what an AI agent looked at."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.safety.feeling_labels import place, spoilt_place
from ml.safety.feeling_spoiling import WAYS, spoil
from ml.safety.heads_statistics import statistics
from ml.scenes.library import entries
from ml.scenes.render import render
from ml.scenes.spec import KINDS, SceneSpec, lawful, sample

SIDE = 128
SPOILT_FROM = 0.6
"""Weakest spoiling that is taught; a weaker one leaves a scene that may well be shown."""

Values = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]
Words = npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True, eq=False)
class Rated:
    """N pictures: statistics (N, D), labels (N, k), each one's kind of scene, and how it was spoilt ("" where not)."""

    rows: Rows
    labels: Values
    kinds: Words
    how: Words

    def of(self, chosen: npt.NDArray[np.bool_], column: int = 0) -> "Rated":
        """Some of them, with one column of labels."""
        return Rated(self.rows[chosen], self.labels[chosen][:, [column]], self.kinds[chosen], self.how[chosen])


def scenes(per_kind: int, seed: int) -> tuple[Rated, list[SceneSpec]]:
    """Scenes of each kind, each followed by the same one spoilt, with (valence, arousal) by rule; and their names."""
    rows, labels, kinds, how, names = [], [], [], [], []
    for kind in KINDS:
        rng = np.random.default_rng((seed, KINDS.index(kind)))
        for number in range(per_kind):
            spec = lawful(replace(sample(rng), kind=kind))
            way, strength = list(WAYS)[number % len(WAYS)], float(rng.uniform(SPOILT_FROM, 1))
            pixels = render(spec, SIDE, SIDE)
            rows += [statistics(pixels), statistics(spoil(pixels, way, strength, rng))]
            labels += [place(spec), spoilt_place(spec, way, strength)]
            kinds += [kind, kind]
            how += ["", way]
            names += [spec, spec]
    return Rated(np.array(rows), np.array(labels), np.array(kinds), np.array(how)), names


def looked_at(rejected: Path, reasons: Sequence[str]) -> Rated:
    """The vetted library (+1) and what was rejected by eye for these reasons (-1). An AI agent looked at them."""
    kept = [(entry.spec, 1.0, "") for entry in entries()]
    with rejected.open(newline="", encoding="utf-8") as lines:
        thrown = [(_spec(row), -1.0, row["why"]) for row in csv.DictReader(lines) if row["why"] in reasons]
    return _rendered([*kept, *thrown])


def by_rule(rated: Rated, names: Sequence[SceneSpec], yes: Sequence[str], no: Sequence[str], word: str) -> Rated:
    """Unspoilt scenes labelled +1 or -1 by one of their words ("kind" or "time"); others are left out."""
    words = np.array([getattr(spec, word) for spec in names])
    chosen = (rated.how == "") & np.isin(words, [*yes, *no])
    labels = np.where(np.isin(words, list(yes)), 1.0, -1.0)[:, None]
    return Rated(rated.rows, labels, rated.kinds, rated.how).of(chosen)


def held_out_values(rated: Rated, fit: Callable[[Rows, Values], Callable[[Rows], Values]]) -> Values:
    """(N,) predictions, each by a head that was fitted on the other kinds of scenes."""
    found = np.zeros(len(rated.rows))
    for kind in np.unique(rated.kinds):
        own = rated.kinds == kind
        found[own] = fit(rated.rows[~own], rated.labels[~own, 0])(rated.rows[own])
    return found


def area(low: Values, high: Values) -> float:
    """The area under the curve: how often one of `high` lies above one of `low` (Mann-Whitney; ties count half)."""
    above = (high[:, None] > low[None]).mean() + 0.5 * (high[:, None] == low[None]).mean()
    return float(above)


def balanced(labels: Values, values: Values) -> float:
    """Balanced accuracy of the sign: the mean share that is right of those above and of those below zero."""
    right = (values > 0) == (labels > 0)
    return float((right[labels > 0].mean() + right[labels <= 0].mean()) / 2)


def _rendered(named: Sequence[tuple[SceneSpec, float, str]]) -> Rated:
    rows: list[Any] = [statistics(render(spec, SIDE, SIDE)) for spec, _, _ in named]
    labels = np.array([[label] for _, label, _ in named])
    return Rated(
        np.array(rows), labels, np.array([spec.kind for spec, _, _ in named]), np.array([why for _, _, why in named])
    )


def _spec(row: dict[str, str]) -> SceneSpec:
    kind, time, weather, season, palette, style = (
        row[name] for name in ("kind", "time", "weather", "season", "palette", "style")
    )
    return SceneSpec(kind, time, weather, season, palette, style, int(row["seed"]))
