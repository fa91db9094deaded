"""`python -m ml.safety.refit --ratings FILE [--standing FILE] --out FILE`: tightens thresholds by what patients said.

A picture that a patient withdrew should have been refused. FILE holds a JSON object a line: `technique`, `withdrawn`,
and `scores`: label → [score, threshold it was held against], as `ImageShown` keeps them. Nothing else is read.
A refit only tightens: what was shown and taken well says nothing about what was refused unseen. So `--standing` names
the file that is in force, from an earlier refit: of each label the lower threshold is kept, also where the ratings that
set it are gone. A file that is written over stands, too.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import floor
from pathlib import Path
from typing import Final

from ml.safety.feeling import NAMES
from ml.safety.relevance import BESIDE
from ml.safety.thresholds import read as read_thresholds

RECALL: Final = 0.9
"""Share of the withdrawn pictures that a refitted threshold refuses."""
FEWEST: Final = 10
"""Withdrawn pictures below which nothing is refitted: chance would set the threshold."""
MOST_LOST: Final = 0.3
"""Share of well-taken pictures that may be lost; a head that needs more cannot tell them apart and stays as it is."""


@dataclass(frozen=True, slots=True)
class Rated:
    """One picture that was shown. `scores` maps a label to (score, threshold); `technique` may be None."""

    technique: str | None
    scores: Mapping[str, tuple[float, float]]
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Refitted:
    """One label's thresholds before and after, and the shares of withdrawn and of kept pictures it then refuses."""

    before: float
    after: float
    caught: float
    lost: float
    withdrawn: int


def refit(ratings: Iterable[Rated]) -> dict[str, Refitted]:
    """The labels whose threshold should be tighter, by the name under which `ml.safety.thresholds` knows them."""
    taken, upset, before = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list), dict[str, float]()
    for rated in ratings:
        for label, (score, limit) in rated.scores.items():
            name = name_of(label, rated.technique)
            (upset if rated.withdrawn else taken)[name].append(score)
            before[name] = min(before.get(name, limit), limit)
    fitted = {name: _fitted(upset[name], taken[name], before[name]) for name in before}
    return {name: found for name, found in fitted.items() if found is not None}


def name_of(label: str, technique: str | None) -> str:
    """Where a threshold depends on the technique, its name does; all triggers share one."""
    plain = label.removeprefix("picture:")
    if plain.startswith("trigger:"):
        return "triggers"
    of_technique = plain in {*NAMES.values(), BESIDE} or plain.startswith("no_")
    return f"{technique}:{plain}" if of_technique else plain


def _fitted(upset: list[float], taken: list[float], before: float) -> Refitted | None:
    if len(upset) < FEWEST:
        return None
    after = sorted(upset)[floor((1 - RECALL) * len(upset))]
    lost = sum(score >= after for score in taken) / max(len(taken), 1)
    if not 0 < after < before or lost > MOST_LOST:
        return None
    caught = sum(score >= after for score in upset) / len(upset)
    return Refitted(before, after, caught, lost, len(upset))


def read(path: Path) -> list[Rated]:
    """The ratings of a file. Raises ValueError or KeyError when it is no such file."""
    lines = (json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip())
    return [
        Rated(one["technique"], {label: (float(a), float(b)) for label, (a, b) in one["scores"].items()},
              bool(one["withdrawn"]))
        for one in lines
    ]  # fmt: skip


def write(path: Path, fitted: Mapping[str, Refitted], standing: Mapping[str, float] | None = None) -> None:
    """A file that `ml.safety.thresholds.install` takes; what was `standing` is kept unless something lower was found.

    Rounded down, so that what set a threshold is caught by it.
    """
    lines = ["# Written by ml.safety.refit. A label refuses from here on, or from its layer's own threshold if lower."]
    low = lowest([{name: floor(found.after * 1e6) / 1e6 for name, found in fitted.items()}, standing or {}])
    lines += ["[refused_from]", *(f'"{name}" = {value}' for name, value in sorted(low.items()))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def lowest(limits: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Of each label the lowest of its thresholds."""
    low = dict[str, float]()
    for name, value in (one for some in limits for one in some.items()):
        low[name] = min(low.get(name, value), value)
    return low


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ratings", type=Path, required=True)
    parser.add_argument("--standing", type=Path, help="the file that is in force now; none the first time")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    files = [options.standing] if options.standing else []
    files += [options.out] if options.out.exists() else []
    standing = lowest(map(read_thresholds, files))
    fitted = refit(read(options.ratings))
    write(options.out, fitted, standing)
    print(json.dumps({name: asdict(found) for name, found in fitted.items()}, indent=1))  # noqa: T201 -- its answer


if __name__ == "__main__":
    main()
