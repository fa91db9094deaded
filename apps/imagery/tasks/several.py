"""The best of several pictures of one prompt, as many as there is time for that nobody else needs."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt
from django.conf import settings

if TYPE_CHECKING:
    from ml.imaging.quality.score import Scorer

Picture = TypeVar("Picture")
Refused = TypeVar("Refused")
MOST: Final = 4
_LOG = logging.getLogger(__name__)

Look = Callable[[Picture], tuple[npt.NDArray[np.uint8], str]]


@dataclass(slots=True)
class Found(Generic[Picture, Refused]):
    """What became of one prompt's pictures.

    Attributes:
        best: the picture to show; None where every one was refused.
        scores: the best one's, by name, and how many were painted for it.
        refused: what the safety layers said of the others, in their order.
    """

    best: Picture | None = None
    scores: dict[str, float] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)


def best(
    paint: Callable[[int], tuple[Picture | None, Refused | None]], look: Look[Picture], others_wait: Callable[[], bool],
    spoils: type[Exception],
) -> Found[Picture, Refused]:  # fmt: skip
    """Paint the pictures numbered 0, 1, … while the budget lasts and nobody else waits, and keep the best.

    Args:
        paint: the allowed picture of that number, or the refusal in its place.
        look: a picture's (H, W, 3) RGB bytes and the words that the painter was given.
        others_wait: whether the painter is wanted elsewhere; asked before each picture but the first.
        spoils: what `paint` raises when it fails; of a second picture, that only ends the choosing.

    Raises:
        whatever `paint` raises for the first picture, and anything but `spoils` for a later one.
    """
    from ml.imaging.quality.best import Budget
    from ml.imaging.quality.trying import paint_best

    found, broken = Found[Picture, Refused](), list[Exception]()

    def painted(number: int) -> Picture | None:
        try:
            picture, refusal = paint(number)
        except spoils as failed:
            if number == 0:
                raise
            broken.append(failed)
            return None
        if refusal is not None:
            found.refused.append(refusal)
        return picture

    allowed_ms = float(settings.ATTUNE_PAINTER_BEST_MS)
    budget = Budget(allowed_ms, most=MOST if allowed_ms else 1)
    chosen = paint_best(painted, look, scorer(), budget, goes_on=lambda: not (broken or others_wait()))
    if chosen.best is not None:
        found.best = chosen.best.picture
        found.scores = chosen.best.labels | {"painted": float(chosen.tried)}
    return found


@cache
def scorer() -> "Scorer":
    """What compares the pictures. Where its weights are no good, looks alone do: a picture is shown all the same."""
    from ml.imaging.probe.stored import ProbeOutdated
    from ml.imaging.quality.score import Scorer
    from ml.weights.shelf import WeightsAltered

    try:
        return Scorer.load()
    except (WeightsAltered, ProbeOutdated) as unfit:
        _LOG.warning("pictures are compared by their looks alone: %s", type(unfit).__name__)
        return Scorer(None)
