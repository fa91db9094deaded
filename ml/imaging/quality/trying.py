"""Paints one candidate after the other while the budget lasts, scores each, and keeps the best."""

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ml.imaging.quality.best import Budget, Candidate, Chosen, best_of
from ml.imaging.quality.score import Scorer

Picture = TypeVar("Picture")


def paint_best(
    paint: Callable[[int], Picture | None], look: Callable[[Picture], tuple[npt.NDArray[np.uint8], str]],
    scorer: Scorer, budget: Budget, *, goes_on: Callable[[], bool] = lambda: True,
    clock: Callable[[], float] = time.perf_counter,
) -> Chosen[Picture]:  # fmt: skip
    """The best of what `paint` gives for 0, 1, 2, …; see `best_of`.

    Args:
        paint: paints and screens the picture of that number (its seed counts on from the request's); None: refused.
            What it raises ends the choosing.
        look: the picture's (H, W, 3) RGB bytes and the words that the painter was given.
        goes_on: asked before each picture but the first; False ends the choosing.
        clock: seconds.
    """

    def candidates() -> Iterator[Candidate[Picture]]:
        for number in range(budget.most):
            if number and not goes_on():
                return
            began = clock()
            picture = paint(number)
            fit, looks = _scored(picture, look, scorer)
            yield Candidate(picture, fit, looks, (clock() - began) * 1000.0)

    return best_of(candidates(), budget)


def _scored(
    picture: Picture | None, look: Callable[[Picture], tuple[npt.NDArray[np.uint8], str]], scorer: Scorer
) -> tuple[float | None, float]:
    if picture is None:
        return None, 0.0
    pixels, asked = look(picture)
    return scorer.fit(pixels, asked), scorer.aesthetic(pixels, asked)
