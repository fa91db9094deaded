"""Regret: how much better the best picture would have been, summed over a patient's first pictures."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.prompting.eligible import candidates
from ml.prompting.library import templates
from ml.prompting.measuring.patients import Patient
from ml.prompting.measuring.policies import Policy
from ml.prompting.state import Preferences, Shown, State
from ml.prompting.technique import allowed
from ml.prompting.triggers import tags
from ml.scenes.spec import STYLES

APART_S: Final = 90.0
"""Between two pictures of a session …"""
SESSION: Final = 8
"""… of so many pictures, one a day."""
_RESAMPLES: Final = 2000


@dataclass(frozen=True, slots=True)
class Saved:
    """The share of another policy's regret that one saves, with a 95 % interval over patients."""

    share: float
    low: float
    high: float


def triggers_of(seed: int) -> frozenset[str]:
    """What the simulated patient of this seed must not see: nothing for half of them, else one to three tags."""
    random = np.random.default_rng((seed, 1))
    if random.random() < 0.5:
        return frozenset()
    return frozenset(str(tag) for tag in random.choice(sorted(tags()), int(random.integers(1, 4)), replace=False))


def regret(policy: Policy, seed: int, pictures: int) -> float:
    """The summed regret of one patient's first pictures, who is the same for each policy."""
    patient, triggers = Patient.born(seed), triggers_of(seed)
    history: tuple[Shown, ...] = ()
    taken: list[float] = []
    lost = 0.0
    for number in range(pictures):
        state = patient.feels()
        worths = patient.worths(state, STYLES)
        seen = tuple(replace(one, age_s=_between(place, number)) for place, one in enumerate(history))
        template, style = policy(state, seen, Preferences(), triggers, seed * 1000 + number, patient.progress(taken))
        worth = float(worths[_rows()[template], STYLES.index(style)])
        lost += float(worths[_eligible(state, triggers)].max()) - worth
        taken.append(worth)
        history = (*history, patient.answers(template, style, state, worth))
    return lost


def _between(earlier: int, later: int) -> float:
    """Seconds between two pictures, by their numbers."""
    days = later // SESSION - earlier // SESSION
    return days * 86_400 + (later % SESSION - earlier % SESSION) * APART_S


def saved(mine: NDArray[np.float64], theirs: NDArray[np.float64]) -> Saved:
    """How much of `theirs` (N,) does `mine` (N,) save, patients resampled."""
    random = np.random.default_rng(0)
    rows = random.integers(0, len(mine), (_RESAMPLES, len(mine)))
    shares = 1 - mine[rows].mean(axis=1) / theirs[rows].mean(axis=1)
    low, high = np.quantile(shares, (0.025, 0.975))
    return Saved(float(1 - mine.mean() / theirs.mean()), float(low), float(high))


def _eligible(state: State, triggers: frozenset[str]) -> NDArray[np.bool_]:
    """(templates,): which the hard rules let through, shown before or not."""
    return _standing(triggers, allowed(state, Preferences()))


@cache
def _standing(triggers: frozenset[str], techniques: frozenset[str]) -> NDArray[np.bool_]:
    stand, _ = candidates(State("neutral"), Preferences(), triggers, STYLES[0], techniques)
    found = np.zeros(len(templates()), bool)
    found[[_rows()[one.template.id] for one in stand]] = True
    return found


@cache
def _rows() -> dict[str, int]:
    return {template.id: row for row, template in enumerate(templates())}
