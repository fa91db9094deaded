"""Decides by the hold-out which average is kept, and when a run that may stop early has learned enough."""

import math
from typing import Any, Self

from ml.emotion.training.validate import Verdict


class Watch:
    """Without `patience` the highest accuracy is kept; with it the lowest loss, and the run ends that many verdicts
    after the last better one."""

    def __init__(self, patience: int | None) -> None:
        self.patience = patience
        self.best, self.waited = -math.inf, 0

    def is_better(self, verdict: Verdict) -> bool:
        """Takes the verdict into account, and says whether it is the best yet."""
        score = verdict.accuracy if self.patience is None else -verdict.loss
        if score > self.best:
            self.best, self.waited = score, 0
            return True
        self.waited += 1
        return False

    def is_over(self) -> bool:
        return self.patience is not None and self.waited >= self.patience

    def state(self) -> dict[str, Any]:
        return {"best": self.best, "waited": self.waited}

    def restore(self, state: dict[str, Any]) -> Self:
        self.best, self.waited = state["best"], state["waited"]
        return self
