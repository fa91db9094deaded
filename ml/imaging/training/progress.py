"""How far a training got, and the loop that spends a budget on it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from ml.imaging.training.budget import SAVE_EVERY_S, Average, Budget, learning_rate, save_checkpoint, set_rate

log = logging.getLogger(__name__)
Model = TypeVar("Model", bound=nn.Module)


@dataclass(kw_only=True)
class Progress(Generic[Model]):
    """A model in training. A checkpoint holds all of it but what can be made anew."""

    model: Model
    optimizer: torch.optim.Optimizer
    average: Average
    path: Path
    step: int = 0

    def restore(self, state: dict[str, Any]) -> float:
        """Go on from a checkpoint; returns the seconds already spent."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average.weights, self.average.steps = state["average"], int(state["step"])
        self.step = int(state["step"])
        return float(state["spent_s"])

    def save(self, spent_s: float) -> None:
        """Write the checkpoint that `restore` reads."""
        save_checkpoint(self.path, self.parts() | {"step": self.step, "spent_s": spent_s})

    def parts(self) -> dict[str, Any]:
        """What a checkpoint holds beside how far it got."""
        optimizer = self.optimizer.state_dict()
        return {"model": self.model.state_dict(), "average": self.average.weights, "optimizer": optimizer}

    def descend(self, loss: Tensor, *, steepest: float) -> float:
        """One step down the loss, its gradient no longer than `steepest`; the loss as a number."""
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
        nn.utils.clip_grad_norm_(self.model.parameters(), steepest)
        self.optimizer.step()
        self.average.update(self.model)
        self.step += 1
        return loss.item()

    def spend(
        self, budget: Budget, peak: float, learn: Callable[[], float], judged: Callable[[], str], *,
        piece: Budget | None = None,
    ) -> None:  # fmt: skip
        """Learn until the budget, or this piece of it, is spent; now and then and at the end, save and say where it is.

        Args:
            peak: the highest rate that is learned with.
            learn: one step, by `descend`; gives its loss.
            judged: how good the average is, in words.
        """
        saved, running, began = budget.spent_s, 0.0, self.step

        def goes_on() -> bool:
            return budget.allows(self.step) and (piece is None or piece.allows(self.step - began))

        while goes_on():
            set_rate(self.optimizer, learning_rate(peak, self.step, budget.share))
            loss = learn()
            running = 0.98 * running + 0.02 * loss if running else loss
            if not goes_on() or budget.spent_s - saved > SAVE_EVERY_S:
                saved = budget.spent_s
                self.save(saved)
                log.info("step %d, %.0f %%: loss %.4f; %s", self.step, 100 * budget.share, running, judged())
