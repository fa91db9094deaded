"""Which of several pictures is shown, and how many are painted before that: a pure rule over their scores and costs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Picture = TypeVar("Picture")

_FIT_WEIGHT: Final = 0.8
"""Fitting the prompt counts four times what the aesthetic score counts: no human rated the latter."""


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Picture]):
    """One painted picture that every safety layer allowed, or None in its place when one refused it.

    Attributes:
        fit: how well it fits its prompt, in [0, 1]; None where nothing here can judge that.
        aesthetic: in (0, 1]; 0 where there is no picture.
        ms: what painting, screening and scoring took.
    """

    picture: Picture | None
    fit: float | None
    aesthetic: float
    ms: float

    @property
    def worth(self) -> float:
        """What candidates are compared by, in [0, 1]."""
        if self.fit is None:
            return self.aesthetic
        return _FIT_WEIGHT * self.fit + (1.0 - _FIT_WEIGHT) * self.aesthetic

    @property
    def labels(self) -> dict[str, float]:
        """The scores by name, as an event keeps them; what was not judged is left out."""
        return {"aesthetic": self.aesthetic} if self.fit is None else {"fit": self.fit, "aesthetic": self.aesthetic}


@dataclass(frozen=True, slots=True)
class Budget:
    """What choosing may cost.

    Attributes:
        ms: no further picture is begun that would, at the pace of the slowest so far, end later than this.
        most: so many pictures at the most.
        enough: a picture worth this much is shown at once.
    """

    ms: float
    most: int = 4
    enough: float = 0.9


@dataclass(frozen=True, slots=True)
class Chosen(Generic[Picture]):
    """The picture to show, None when safety refused them all; of how many, and in how many milliseconds."""

    best: Candidate[Picture] | None
    tried: int
    ms: float


def best_of(candidates: Iterable[Candidate[Picture]], budget: Budget) -> Chosen[Picture]:
    """Take candidates one by one while the budget lasts, and choose the worthiest; the earlier one of two equals.

    The first is always taken, whatever it costs. `candidates` is asked for one only when there is time for it, so a
    generator paints no picture in vain. The answer depends on nothing but the candidates and the budget.
    """
    best: Candidate[Picture] | None = None
    tried, spent, slowest = 0, 0.0, 0.0
    for candidate in candidates:
        tried, spent, slowest = tried + 1, spent + candidate.ms, max(slowest, candidate.ms)
        if candidate.picture is not None and (best is None or candidate.worth > best.worth):
            best = candidate
        done = best is not None and best.worth >= budget.enough
        if done or tried >= budget.most or spent + slowest > budget.ms:
            break
    return Chosen(best, tried, spent)
