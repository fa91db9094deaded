"""What responses teach: a belief about how much each feature of a picture adds, from which choices are drawn.

Bayesian linear regression, older responses counting less; a choice follows one draw from the belief, so that what is
little known is tried about as often as it may be the best (Thompson sampling; Russo et al., A Tutorial on Thompson
Sampling, 2018). No hidden state: the belief is computed from the history each time, so that a reset is an empty history
and a replay needs the log alone.
"""

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.prompting.library import by_id
from ml.prompting.response import response
from ml.prompting.state import Shown
from ml.prompting.template import Template
from ml.scenes.spec import KINDS, PALETTES, STYLES, TIMES, WEATHERS
from ml.vocabulary import EMOTIONS, TECHNIQUES

Feature = tuple[str, str]

SPREAD: Final = {
    "any": 0.2, "technique": 0.15, "in": 0.15, "kind": 0.4, "time": 0.1, "weather": 0.1, "palette": 0.15, "style": 0.3,
}  # fmt: skip
"""Standard deviation over patients of what a feature adds to a response in [-1, 1]: set by us, not measured.

`any` is how kindly this patient answers whatever comes; `in` is a technique in one emotion.
"""
KEPT: Final = 0.995
"""How much of a response's weight is left one picture later: tastes drift."""

BOLDNESS: Final = 0.3
"""A draw's distance from the mean, in standard deviations of the belief: patients see tens of pictures, not thousands,
and the full spread explores longer than that pays (docs/prompts/learning.md has the runs)."""

_LATE: Final = ("style", "paper")
"""Came after the others and stands behind them: the draws for those stay what they were in earlier decisions."""
_WORDS: Final = {
    "any": ("",), "technique": TECHNIQUES, "kind": KINDS, "time": TIMES, "weather": WEATHERS, "palette": PALETTES,
    "style": STYLES, "in": tuple(f"{technique}/{emotion}" for technique in TECHNIQUES for emotion in EMOTIONS),
}  # fmt: skip
FEATURES: Final[tuple[Feature, ...]] = (
    *((group, word) for group, words in _WORDS.items() for word in words if (group, word) != _LATE), _LATE,
)  # fmt: skip
_PLACE: Final = {feature: place for place, feature in enumerate(FEATURES)}
_SPREADS: Final = np.array([SPREAD[group] for group, _ in FEATURES])


def features(template: Template, style: str, emotion: str) -> tuple[Feature, ...]:
    """What of a picture, seen in an emotion, can be liked."""
    found = (
        ("any", ""), ("technique", template.technique), ("in", f"{template.technique}/{emotion}"),
        ("kind", template.kind), ("time", template.time), ("weather", template.weather),
        ("palette", template.palette), ("style", style),
    )  # fmt: skip
    return tuple(feature for feature in found if feature in _PLACE)


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature is taken to add to the response, in FEATURES order."""

    values: NDArray[np.float64]

    def of(self, *found: Feature) -> float:
        """What these features add together; one that nobody could learn adds nothing."""
        return float(sum(self.values[_PLACE[feature]] for feature in found if feature in _PLACE))

    def of_scene(self, template: Template) -> float:
        """What the template's scene adds, whatever its technique and style."""
        return float(self.values[list(_scene_places()[template.id])].sum())


@dataclass(frozen=True, slots=True)
class Taste:
    """A normal belief about the weights: its mean, and L where L·Lᵀ is the inverse of its covariance."""

    mean: NDArray[np.float64]
    factor: NDArray[np.float64]

    def expected(self) -> Weights:
        return Weights(self.mean)

    def drawn(self, rng: Random) -> Weights:
        """One draw, BOLDNESS times as far from the mean; the same generator state gives the same."""
        noise = np.array([rng.gauss(0, 1) for _ in FEATURES])
        return Weights(self.mean + BOLDNESS * np.linalg.solve(self.factor.T, noise))


def learned(history: tuple[Shown, ...], *, until_cbt7: bool = False) -> Taste:
    """The belief after a history, oldest first. Pictures of no known template teach nothing."""
    rows, weights, values = [], [], []
    for age, shown in enumerate(reversed(history)):
        template, taken = by_id().get(shown.template), response(shown, until_cbt7=until_cbt7)
        if template is None or taken is None:
            continue
        row = np.zeros(len(FEATURES))
        row[[_PLACE[feature] for feature in features(template, shown.style, shown.emotion)]] = 1
        rows.append(row)
        weights.append(taken.precision * KEPT**age)
        values.append(taken.value)
    return _posterior(np.array(rows).reshape(-1, len(FEATURES)), np.array(weights), np.array(values))


def did_good(shown: Shown, kind: str) -> bool:
    """Whether it was a picture of this kind of place, and all that tells says together that it was taken well."""
    template, taken = by_id().get(shown.template), response(shown)
    return template is not None and template.kind == kind and taken is not None and taken.value > 0


def _posterior(seen: NDArray[np.float64], weights: NDArray[np.float64], values: NDArray[np.float64]) -> Taste:
    """Of (N, F) features with (N,) precisions and (N,) responses (Bishop, PRML, 2006, 3.49 to 3.51)."""
    precision = np.diag(_SPREADS**-2) + (seen.T * weights) @ seen
    factor = np.linalg.cholesky(precision)
    mean = np.linalg.solve(precision, seen.T @ (weights * values))
    return Taste(mean.astype(np.float64), factor.astype(np.float64))


@cache
def _scene_places() -> dict[str, tuple[int, ...]]:
    """Where the scene features of each template stand."""
    return {
        name: tuple(
            _PLACE[group, word]
            for group, word in (("kind", t.kind), ("time", t.time), ("weather", t.weather), ("palette", t.palette))
            if (group, word) in _PLACE  # a picture at the patient's own hour tells nothing of hours
        )
        for name, t in by_id().items()
    }
