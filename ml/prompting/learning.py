"""What ratings teach: a small, bounded weight for each feature of a picture, newer ratings counting more.

No hidden state: the weights are computed from the history each time, so that a reset is an empty history and a replay
needs the log alone.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from random import Random
from typing import Final, TypeVar

from ml.prompting.library import by_id
from ml.prompting.state import Shown
from ml.prompting.template import Template

STEP: Final = {"technique": 0.25, "kind": 0.6, "time": 0.2, "weather": 0.2, "palette": 0.3, "style": 0.6}
"""How far one rating of 2 moves the weight of a feature."""
BOUND: Final = 1.5
"""No feature ever weighs more than this, however often it was rated: a taste must not close the door on the rest."""
DECAY: Final = 0.93
"""How much of a rating's weight is left one picture later."""

Feature = tuple[str, str]
Choice = TypeVar("Choice")


def features(template: Template, style: str = "") -> tuple[Feature, ...]:
    """What of a picture can be liked."""
    found = [("technique", template.technique), ("kind", template.kind), ("time", template.time),
             ("weather", template.weather), ("palette", template.palette)]  # fmt: skip
    return (*found, ("style", style)) if style else tuple(found)


def learned(history: tuple[Shown, ...]) -> dict[Feature, float]:
    """The weight of each feature that was ever rated, in [-BOUND, BOUND]."""
    weights: dict[Feature, float] = defaultdict(float)
    for age, shown in enumerate(reversed(history)):
        template, opinion = by_id().get(shown.template), _opinion(shown)
        if template is None or opinion == 0:
            continue
        for feature in features(template, shown.style):
            weights[feature] += STEP[feature[0]] * opinion * DECAY**age
    return {feature: max(-BOUND, min(BOUND, weight)) for feature, weight in weights.items()}


def _opinion(shown: Shown) -> float:
    """A rating in [-1, 1]; a picture that upset counts as the worst one."""
    return -1.0 if shown.upset else (shown.rating or 0) / 2


def liking(weights: Mapping[Feature, float], of: Iterable[Feature]) -> float:
    """What was learned about these features together."""
    return sum(weights.get(feature, 0.0) for feature in of)


def odds(scores: Mapping[Choice, float], *, heat: float = 1.0) -> dict[Choice, float]:
    """Scores as probabilities (softmax); the lower the heat, the surer the best one."""
    top = max(scores.values())
    raised = {choice: math.exp((score - top) / heat) for choice, score in scores.items()}
    total = sum(raised.values())
    return {choice: value / total for choice, value in raised.items()}


def draw(probabilities: Mapping[Choice, float], rng: Random) -> Choice:
    """One choice, drawn by its probability; the same generator state gives the same choice."""
    return rng.choices(list(probabilities), weights=list(probabilities.values()))[0]
