"""The feeling layer: how pleasant and how rousing a picture looks, against what the technique wants.

Two small heads over statistics of light, colour, contrast, edges and texture. They know nothing of what is shown, and
their labels are rules of ours (`feeling_labels.toml`): no person has rated a picture.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ml.safety.against import Look
from ml.safety.heads import shipped
from ml.safety.heads_statistics import statistics
from ml.safety.thresholds import refused_from
from ml.safety.verdict import Verdict, passed, refused

BAR: Final = 0.8
"""A head is asked only when it tells spoilt from calm scenes so well on kinds not trained on (area under the curve)."""
NAMES: Final = {"valence": "unpleasant", "arousal": "rousing"}
_FILE: Final = Path(__file__).parent / "feeling.toml"


@dataclass(frozen=True, slots=True)
class Want:
    """What one technique wants, on scales from -1 to 1, why, and after whom."""

    valence_from: float
    arousal_to: float
    reason: str
    reference: str

    def limits(self) -> dict[str, float]:
        """Label → the score in [0, 1] from which it refuses."""
        return {"unpleasant": (1 - self.valence_from) / 2, "rousing": (1 + self.arousal_to) / 2}


@cache
def wants() -> dict[str, Want]:
    """What each technique wants."""
    return {name: Want(**facts) for name, facts in tomllib.loads(_FILE.read_text("utf-8")).items()}


def judge(look: Look) -> Verdict:
    """Refuse what looks more unpleasant or more rousing than the technique wants."""
    technique = look.against.technique
    if technique is None:
        return passed("feeling", "no technique to judge it against", not_judged=("feeling",))
    scores, unsure = measure(look)
    limits = wants()[technique].limits()
    thresholds = {label: refused_from(f"{technique}:{label}", limits[label]) for label in scores}
    over = [label for label, score in scores.items() if not score < thresholds[label]]
    if over:
        reason = f"looks too {' and too '.join(over)} for {technique}"
        return refused("feeling", reason, scores, thresholds, not_judged=unsure)
    return passed("feeling", f"feels as {technique} wants", scores, thresholds, not_judged=unsure)


def measure(look: Look) -> tuple[dict[str, float], tuple[str, ...]]:
    """Label → score in [0, 1], 0.5 where a picture is neither; and what no head here is good enough for."""
    _, heads = shipped()
    row = statistics(look.pixels)
    able = {name for name in NAMES if heads[name].held_out >= BAR}
    values = {name: min(max(heads[name](row), -1.0), 1.0) for name in NAMES if name in able}
    signs = {"valence": -1, "arousal": 1}
    scores = {NAMES[name]: (1 + signs[name] * value) / 2 for name, value in values.items()}
    return scores, tuple(f"feeling:{name}" for name in NAMES if name not in able)
