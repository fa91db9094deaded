"""How alike one patient's pictures are, beside how alike those of different patients: from a table of distances."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

_RESAMPLED: Final = 2000


@dataclass(frozen=True, slots=True)
class Kinship:
    """Distances of pictures of different prompts, so that what is asked for weighs the same on both sides.

    Attributes:
        within: mean over pairs of one patient's pictures; `least` is the smallest of them, 0 would be a repeat.
        between: mean over pairs of two patients' pictures.
        ratio: within / between; below 1 where a patient's pictures have something of their own.
        ratio_from, ratio_to: 95 % interval, patients resampled.
    """

    within: float
    between: float
    least: float
    ratio: float
    ratio_from: float
    ratio_to: float


def kinship(distances: npt.NDArray[np.floating], patients: int, seed: int = 0) -> Kinship:
    """From (N, N) distances of pictures in the order patient by patient, the same prompts for each, two or more."""
    prompts = len(distances) // patients
    blocks = np.asarray(distances, np.float64).reshape(patients, prompts, patients, prompts).swapaxes(1, 2)
    other = ~np.eye(prompts, dtype=bool)
    means = blocks[:, :, other].mean(axis=2)  # (patients, patients), pairs of different prompts only
    within, between = _sides(means, np.arange(patients))
    drawn = np.random.default_rng(seed).integers(0, patients, (_RESAMPLED, patients))
    ratios = [_ratio(*_sides(means, who)) for who in drawn if len(set(who)) > 1]
    low, high = np.percentile(ratios, (2.5, 97.5))
    own = blocks[np.arange(patients), np.arange(patients)][:, other]
    return Kinship(within, between, float(own.min()), _ratio(within, between), float(low), float(high))


def mean_between(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of a mean, the values resampled."""
    drawn = np.random.default_rng(0).choice(values, (_RESAMPLED, len(values))).mean(axis=1)
    low, high = np.percentile(drawn, (2.5, 97.5))
    return float(low), float(high)


def _ratio(within: float, between: float) -> float:
    """1 where all pictures are one: then nobody has anything of their own."""
    return within / between if between else 1.0


def _sides(means: npt.NDArray[np.float64], who: npt.NDArray[np.intp]) -> tuple[float, float]:
    """Within and between, of these patients; a patient drawn twice is not another one."""
    different = who[:, None] != who[None, :]
    return float(means[who, who].mean()), float(means[who][:, who][different].mean())
