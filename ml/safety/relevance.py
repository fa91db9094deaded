"""The relevance layer: whether a picture has what the technique's intent needs, whatever its prompt was.

With a CLIP that was found able, by the nearness to sentences of intent; else by small heads for single attributes. What
no head is good enough for is named as not judged.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

from ml.safety import concepts
from ml.safety.against import Look
from ml.safety.heads import shipped
from ml.safety.heads_statistics import statistics
from ml.safety.thresholds import refused_from
from ml.safety.verdict import Verdict, passed, refused

BAR: Final = 0.75
"""Balanced accuracy on kinds not trained on, below which a head is not asked."""
BESIDE: Final = "beside_intent"
BESIDE_FROM: Final = 0.8
"""Nearer to what speaks against the technique than to its intent. Unmeasured: no CLIP that could tell ships."""
_FILE: Final = Path(__file__).parent / "relevance.toml"


@cache
def rules() -> dict[str, Any]:
    """The file, as it stands."""
    return tomllib.loads(_FILE.read_text("utf-8"))


def judge(look: Look) -> Verdict:
    """Refuse a picture that lacks what the technique needs."""
    technique = look.against.technique
    if technique is None:
        return passed("relevance", "no technique to judge it against", not_judged=("relevance",))
    scores, unsure = _by_intent(look, technique) or _by_attributes(look, technique)
    thresholds = {label: refused_from(f"{technique}:{label}", _limit(label)) for label in scores}
    lacking = [label for label, score in scores.items() if not score < thresholds[label]]
    if lacking:
        reason = f"does not serve {technique}: {', '.join(lacking)}"
        return refused("relevance", reason, scores, thresholds, not_judged=unsure)
    return passed("relevance", f"serves {technique} as far as can be judged", scores, thresholds, not_judged=unsure)


def _by_intent(look: Look, technique: str) -> tuple[dict[str, float], tuple[str, ...]] | None:
    eyes = concepts.installed()
    if eyes is None or not eyes.sees:
        return None
    texts = rules()["techniques"][technique]
    return {BESIDE: eyes.nearer(look.pixels, tuple(texts["against"]), tuple(texts["intent"]))}, ()


def _by_attributes(look: Look, technique: str) -> tuple[dict[str, float], tuple[str, ...]]:
    _, heads = shipped()
    needs: list[str] = rules()["techniques"][technique]["needs"]
    able = [name for name in needs if name in heads and heads[name].held_out >= BAR]
    row = statistics(look.pixels) if able else None
    values = {name: heads[name](row) for name in able if row is not None}
    scores = {f"no_{name}": (1 - min(max(value, -1.0), 1.0)) / 2 for name, value in values.items()}
    return scores, tuple(f"relevance:{name}" for name in needs if name not in able)


def _limit(label: str) -> float:
    return BESIDE_FROM if label == BESIDE else float(rules()["lacking"][label.removeprefix("no_")])
