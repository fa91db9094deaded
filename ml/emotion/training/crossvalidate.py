"""K short trainings in turn, each judged on the part that it never saw: ``--folds K``."""

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.emotion.data.holdout import split
from ml.emotion.data.labelled import LabelledFaces
from ml.emotion.measuring.metrics import report
from ml.emotion.measuring.predict import probabilities_of
from ml.emotion.training import checkpoints
from ml.emotion.training.folds import deal
from ml.emotion.training.held_out import HeldOut
from ml.emotion.training.plan import Plan, WrongPlan
from ml.emotion.training.recipe import Recipe
from ml.emotion.training.run import Run
from ml.emotion.training.validate import answers

_LOG = logging.getLogger("ml.emotion.train")
_FIGURES = ("accuracy", "macro_f1")


@dataclass(frozen=True, kw_only=True)
class CrossValidation:
    """Fold n is trained in `out`/fold-n on the other folds, of which the recipe's hold-out chooses and stops.

    So the fold that judges has no say in what it judges. `resume`: finished folds are kept, one begun goes on.
    """

    plan: Plan
    folds: int
    out: Path
    resume: bool
    save_every: float

    def run(self, faces: LabelledFaces) -> dict[str, Any]:
        """Each fold's figures, their mean and standard deviation, and the schedule; also written to folds.json.

        Raises:
            WrongPlan: a fold in the folder was trained by another schedule or on other data.
        """
        dealt = deal(faces, self.folds, self.plan.recipe.seed)
        each = [self._fold(faces, dealt, fold) for fold in range(self.folds)]
        summary: dict[str, Any] = {"schedule": self.schedule(), "faces": int((dealt >= 0).sum())}
        for figure in _FIGURES:
            values = [one[figure] for one in each]
            summary[figure] = {"mean": mean(values), "sd": stdev(values)}
        summary["folds"] = each
        _write(summary, self.out / "folds.json")
        return summary

    def schedule(self) -> dict[str, Any]:
        """What fixes the figures, as plain JSON values."""
        plan = self.plan
        known = {
            "folds": self.folds,
            "config": plan.config.name,
            "recipe": plan.recipe.to_dict(),
            "minutes_each": plan.minutes,
            **plan.facts(),
        }
        plain: dict[str, Any] = json.loads(json.dumps(known))
        return plain

    def _fold(self, faces: LabelledFaces, dealt: NDArray[np.int64], fold: int) -> dict[str, Any]:
        folder = self.out / f"fold-{fold}"
        done = folder / "figures.json"
        if self.resume and done.exists():
            return self._finished(done)
        _LOG.info("fold %d of %d", fold + 1, self.folds)
        run = self._begun(faces.pick((dealt >= 0) & (dealt != fold)), folder)
        run.drive()
        best = checkpoints.load(folder / "best.pt")
        checkpoints.put(best["average"], run.trainer.average)
        size = self.plan.recipe.size(1.0)  # a short schedule may never have come to the size that is read in use
        said = answers(run.trainer.average, faces.pick(dealt == fold), self.plan.machine, size=size, mirrored=True)
        whole = report(probabilities_of(said.logits, 1.0), said.labels, bar=0.0)
        figures = {"fold": fold, "n": whole["n"], **{figure: whole[figure] for figure in _FIGURES}}
        figures |= {"steps": run.trainer.step, "best_step": best["step"], "epochs": run.trainer.epoch}
        _write({"schedule": self.schedule(), "figures": figures}, done)
        return figures

    def _begun(self, rest: LabelledFaces, folder: Path) -> Run:
        training, held = split(rest, share=self.plan.recipe.hold_out, seed=self.plan.recipe.seed)
        run = Run(self.plan.trainer(training), held, folder, self.plan.facts())
        run.save_every = self.save_every
        begun = folder / "checkpoint.pt"
        if not (self.resume and begun.exists()):
            return run
        state = checkpoints.load(begun)
        if Recipe.from_dict(state["recipe"]) != self.plan.recipe:
            raise WrongPlan(
                f"{begun} was trained by another recipe; resume with the same flags, or choose another --out"
            )
        if not self.plan.holds_out.is_that_of(HeldOut.of(state)):
            raise WrongPlan(f"{begun} was trained on other data; resume with the same flags, or choose another --out")
        return run.resume(state)

    def _finished(self, path: Path) -> dict[str, Any]:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["schedule"] != self.schedule():
            raise WrongPlan(f"{path} is of another schedule; resume with the same flags, or choose another --out")
        figures: dict[str, Any] = stored["figures"]
        return figures


def _write(content: dict[str, Any], path: Path) -> None:
    """Beside, then renamed: a figure is there in full or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".writing")
    beside.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    beside.replace(path)
