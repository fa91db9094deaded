"""Drives a trainer to its end: logs, judges on the hold-out, keeps the best average, saves what a resume needs."""

import logging
import time
from pathlib import Path
from typing import Any, Final, Self

from ml.emotion.data.labelled import LabelledFaces
from ml.emotion.training import checkpoints
from ml.emotion.training.board import Board
from ml.emotion.training.trainer import Trainer
from ml.emotion.training.validate import answers
from ml.emotion.training.watch import Watch

_LOG = logging.getLogger("ml.emotion.train")
_MARKS: Final = (0.25, 0.5, 0.65, 0.8, 0.9, 0.96, 1.0)
"""Progress at which a run that never stops early is judged; one that may is judged after each epoch."""
_LOG_EVERY: Final = 30.0


class Run:
    """One run in its folder `out`: checkpoint.pt to resume from, best.pt the best average so far.

    `facts` are stored in both as they are: where the data came from. `save_every` is in seconds.
    """

    board: Board | None = None

    def __init__(self, trainer: Trainer, held: LabelledFaces, out: Path, facts: dict[str, Any]) -> None:
        self.trainer, self.held, self.out, self.facts = trainer, held, out, facts
        self.watch = Watch(trainer.recipe.patience)
        self.save_every = 180.0
        self._marks: list[float] = []
        self._losses: list[float] = []
        self._told = time.monotonic()

    def resume(self, state: dict[str, Any]) -> Self:
        """Go on from a checkpoint; older ones know no more of the best than best.pt does."""
        self.trainer.restore(state)
        best = self.out / "best.pt"
        if "watch" in state:
            self.watch.restore(state["watch"])
        elif best.exists():
            self.watch.best = float(checkpoints.load(best)["accuracy"])
        return self

    def drive(self) -> None:
        """Raises NoSuchData when too many pictures cannot be read; the last checkpoint is there to resume from."""
        if self.watch.is_over():
            return
        self._marks = [mark for mark in _MARKS if mark > self.trainer.progress]
        saved = time.monotonic()
        for loss in self.trainer.run():
            self._tell(loss)
            if self._is_due():
                self._judge()
            if time.monotonic() - saved > self.save_every:
                self._save()
                saved = time.monotonic()
            if self.watch.is_over():
                _LOG.info("no lower validation loss in %d epochs: stopping", self.watch.waited)
                break
        self._save()

    def _is_due(self) -> bool:
        trainer = self.trainer
        if self.watch.patience is not None:
            return trainer.step % trainer.batches.steps == 0 or trainer.progress >= 1
        passed = [mark for mark in self._marks if mark <= trainer.progress]
        self._marks = self._marks[len(passed) :]
        return bool(passed)

    def _judge(self) -> None:
        """Judge the average on the hold-out; keep it when it is the best yet."""
        size = self.trainer.recipe.size(self.trainer.progress)
        verdict = answers(self.trainer.average, self.held, self.trainer.machine, size=size).verdict()
        better = self.watch.is_better(verdict)
        _LOG.info(
            "hold-out at %d px: accuracy %.4f loss %.4f%s",
            *(size, verdict.accuracy, verdict.loss, ", the best so far" if better else ""),
        )
        if self.board:
            self.board.write(self.trainer.step, hold_out_accuracy=verdict.accuracy, hold_out_loss=verdict.loss)
        if better:
            left_out = ("model", "optimiser", "scaler")
            state = {key: value for key, value in self.trainer.state().items() if key not in left_out}
            figures = {"accuracy": verdict.accuracy, "loss": verdict.loss}
            checkpoints.save(state | figures | {"facts": self.facts}, self.out / "best.pt")

    def _save(self) -> None:
        state = self.trainer.state() | {"watch": self.watch.state(), "facts": self.facts}
        checkpoints.save(state, self.out / "checkpoint.pt")

    def _tell(self, loss: float) -> None:
        """Every half minute, say how far the run is and the mean loss since it was last said."""
        self._losses.append(loss)
        if time.monotonic() - self._told < _LOG_EVERY:
            return
        trainer, mean = self.trainer, sum(self._losses) / len(self._losses)
        progress, rate = trainer.progress, trainer.recipe.rate(trainer.progress)
        left = trainer.seconds * (1 - progress) / progress / 60 if progress else float("nan")
        _LOG.info(
            "step %d epoch %.2f %d px rate %.4f loss %.4f, %.1f min trained, %.1f left",
            *(trainer.step, trainer.epoch, trainer.recipe.size(progress), rate, mean, trainer.seconds / 60, left),
        )
        if self.board:
            self.board.write(trainer.step, loss=mean, rate=rate, epoch=trainer.epoch)
        self._losses, self._told = [], time.monotonic()
