"""`python -m ml.safety.fit_feeling [--out FOLDER]`: fits the heads of feeling and relevance, and measures them.

Everything is rendered here (a minute on one core), and each figure is measured on kinds of scenes that the head had not
seen. The same seed gives the same heads.
"""

import argparse
import json
from pathlib import Path
from typing import Any, Final

import numpy as np

from ml.safety import feeling, relevance
from ml.safety.heads import FILE, PENALTY, WEIGHTS, Head, fit, predict, save
from ml.safety.heads_data import Rated, Rows, Values, area, balanced, by_rule, held_out_values, looked_at, scenes
from ml.scenes.spec import SceneSpec
from ml.weights.shelf import seal

ROOT: Final = Path(__file__).parents[2]
REJECTED: Final = ROOT / "docs" / "scenes" / "rejected.csv"
AXES: Final = ("valence", "arousal")
SIGNS: Final = {"valence": -1.0, "arousal": 1.0}
LABELS: Final = (
    "Rules of the project's authors over the renderer's own words (ml/safety/feeling_labels.toml, relevance.toml), and "
    "an AI agent's look at each scene of the library (docs/scenes). No person rated a picture."
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "ml" / "weights" / WEIGHTS)
    parser.add_argument("--per-kind", type=int, default=120, help="scenes of each kind, each spoilt once")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rejected", type=Path, default=REJECTED, help="scenes rejected by eye, with reasons")
    options = parser.parse_args()
    report = run(options.out, options.per_kind, options.seed, options.rejected)
    print(json.dumps(report, indent=1))  # noqa: T201 -- a program's answer


def run(out: Path, per_kind: int, seed: int, rejected: Path) -> dict[str, Any]:
    """Fit all heads, write them with their manifest, and give what was measured."""
    rated, names = scenes(per_kind, seed)
    felt, report = _feeling(rated)
    able, figures = _relevance(rated, names, rejected)
    report |= {"relevance_balanced_accuracy": figures}
    out.mkdir(parents=True, exist_ok=True)
    how = {"per_kind": per_kind, "seed": seed, "penalty": PENALTY, "scenes": len(names) // 2}
    save(out / FILE, {**felt, **able}, labels=LABELS, fitted=how, measured=report)
    seal(out)
    return report


def _feeling(rated: Rated) -> tuple[dict[str, Head], dict[str, Any]]:
    heads, held, report = {}, {}, dict[str, Any]()
    calm = rated.how == ""
    for column, axis in enumerate(AXES):
        one = rated.of(np.ones(len(rated.rows), bool), column)
        held[axis] = values = held_out_values(one, _fitted(axis))
        figure = area(SIGNS[axis] * values[calm], SIGNS[axis] * values[~calm])
        heads[axis] = fit(
            axis, rated.rows, one.labels[:, 0], measure="area under the curve, spoilt from calm", held_out=figure
        )
        report[axis] = _figures(one, values, figure, SIGNS[axis])
    report["refused"] = {name: _refused(want, held, calm) for name, want in feeling.wants().items()}
    return heads, report


def _figures(one: Rated, values: Values, figure: float, sign: float) -> dict[str, Any]:
    calm, labels = one.how == "", one.labels[:, 0]
    unknown = {how: _area_unknown(one, how, sign) for how in sorted({*one.how} - {""})}
    return {
        "area": round(figure, 3),
        "area_when_that_spoiling_was_not_taught": {str(how): round(found, 3) for how, found in unknown.items()},
        "correlation_all": round(float(np.corrcoef(values, labels)[0, 1]), 3),
        "correlation_calm": round(float(np.corrcoef(values[calm], labels[calm])[0, 1]), 3),
    }


def _area_unknown(one: Rated, how: str, sign: float) -> float:
    """The area where neither the kind of scene nor this way of spoiling was taught."""
    calm, spoilt = [], []
    for kind in np.unique(one.kinds):
        own, taught = one.kinds == kind, one.how != how
        head = fit("", one.rows[~own & taught], one.labels[~own & taught, 0])
        calm.append(predict(head, one.rows[own & (one.how == "")]))
        spoilt.append(predict(head, one.rows[own & ~taught]))
    return area(sign * np.concatenate(calm), sign * np.concatenate(spoilt))


def _refused(want: feeling.Want, held: dict[str, Values], calm: Any) -> dict[str, float]:
    """Which share of spoilt and of calm scenes a technique's limits refuse, on kinds not trained on."""
    over = (held["valence"] <= want.valence_from) | (held["arousal"] >= want.arousal_to)
    return {"spoilt": round(float(over[~calm].mean()), 3), "calm": round(float(over[calm].mean()), 3)}


def _relevance(
    rated: Rated, names: list[SceneSpec], rejected: Path
) -> tuple[dict[str, Head], dict[str, dict[str, float]]]:
    heads, figures = {}, {}
    for name, how in relevance.rules()["labels"].items():
        if "library" in how:
            one = looked_at(rejected, how["library"])
        else:
            (word, lists), *_ = how.items()
            one = by_rule(rated, names, lists["yes"], lists["no"], word.removesuffix("s"))
        labels, values = one.labels[:, 0], held_out_values(one, _fitted(name))
        figure = balanced(labels, values)
        heads[name] = fit(name, one.rows, labels, measure="balanced accuracy", held_out=figure)
        limit = 1 - 2 * relevance.rules()["lacking"][name]
        figures[name] = {
            "held_out": round(figure, 3),
            "refused_of_those_without": round(float((values[labels < 0] <= limit).mean()), 3),
            "refused_of_those_with": round(float((values[labels > 0] <= limit).mean()), 3),
        }
    return heads, figures


def _fitted(name: str) -> Any:
    def fitted(rows: Rows, labels: Values) -> Any:
        head = fit(name, rows, labels)
        return lambda others: predict(head, others)

    return fitted


if __name__ == "__main__":
    main()
