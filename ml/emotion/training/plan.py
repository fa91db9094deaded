"""What a command asks for, as one thing: network, recipe, machine, start and teachers."""

import argparse
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

from ml.emotion.config import EmotionConfig, load_config
from ml.emotion.data.labelled import LabelledFaces
from ml.emotion.data.sampling import epoch_length
from ml.emotion.data.sources import Source
from ml.emotion.training import checkpoints
from ml.emotion.training.held_out import HeldOut, data_of
from ml.emotion.training.machine import Machine
from ml.emotion.training.recipe import Recipe, load_recipe
from ml.emotion.training.teachers import Teachers
from ml.emotion.training.trainer import Length, Trainer

OVERRIDES: Final[dict[str, type]] = {
    "seed": int,
    "epochs": float,
    "batch": int,
    "optimiser": str,
    "peak_rate": float,
    "weight_decay": float,
    "warm_up": float,
    "mixup": float,
    "average": float,
    "logit_adjustment": float,
    "patience": int,
    "distil": float,
    "teach": str,
    "hide": float,
}
"""Fields of the recipe that a flag of the same name replaces."""


class WrongPlan(Exception):
    """The flags contradict one another; says how."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`minutes`, when set, is how long to train in place of the recipe's epochs; a resumed run keeps to its own."""

    config: EmotionConfig
    recipe: Recipe
    machine: Machine
    sources: tuple[Source, ...]
    pretrained: Path | None
    start: Path | None
    teachers: tuple[Path, ...]
    minutes: float | None

    @classmethod
    def asked(cls, options: argparse.Namespace, resumed: dict[str, Any] | None = None) -> Self:
        """The plan of the flags; of a resumed checkpoint where there is one, whose length alone may be replaced.

        Raises:
            WrongPlan, NoSuchDevice: retrying does not help.
            FileNotFoundError: no such configuration.
        """
        state = resumed or {}
        config = EmotionConfig.from_dict(json.loads(state["config"])) if resumed else load_config(options.config)
        known = state.get("facts", {}).get("teachers", [])
        plan = cls(
            config=config,
            recipe=_resumed_recipe(options, state) if resumed else _recipe(options, config),
            machine=_machine(options, Machine(**state.get("machine", {}))),
            sources=tuple(options.data),
            pretrained=None if resumed else options.pretrained,
            start=None if resumed else options.start,
            teachers=tuple(options.teachers or map(Path, known)),
            minutes=state.get("minutes") if _says_no_length(options) else options.budget_minutes,
        )
        plan._check(options.folds)
        if resumed and not plan.holds_out.is_that_of(HeldOut.of(resumed)):
            learned = ", ".join(data_of(resumed))
            raise WrongPlan(f"--resume: the run learned from {learned}, on faces of which other --data would judge it")
        return plan

    def _check(self, folds: int | None) -> None:
        if folds is not None and folds < 2:
            raise WrongPlan("--folds: two or more")
        if folds is not None and self.start:
            raise WrongPlan("--folds and --start: that run learned faces on which a fold would be judged")
        if not 0 <= self.recipe.distil <= 1:
            raise WrongPlan("--distil: a share from 0 to 1")
        if self.pretrained and self.start:
            raise WrongPlan("--pretrained and --start: one or the other")
        if bool(self.teachers) != bool(self.recipe.distil):
            raise WrongPlan("--teachers and --distil, the share of the targets they give, go together")

    def trainer(self, faces: LabelledFaces) -> Trainer:
        """A run over these faces, at its start.

        Raises:
            FileNotFoundError, WrongWeights, DifferentNetwork, WrongPlan: retrying does not help.
        """
        trainer = Trainer(self.config, self.recipe, faces, self._length(faces), self.machine)
        if self.pretrained:
            trainer.start_from(self.pretrained)
        if self.start:
            trainer.go_on_from(self._begun(self.start / "best.pt"))
        if self.teachers:
            teachers = Teachers(self.teachers, self.machine)
            if self.recipe.teach == "once":
                trainer.batches.teach(teachers.of_all(faces), self.recipe.distil)
            else:
                trainer.teachers = teachers
        return trainer

    def _begun(self, path: Path) -> dict[str, Any]:
        """The run to start from, which must have held out what this one holds out."""
        state = checkpoints.load(path)
        if not self.holds_out.is_that_of(HeldOut.of(state)):
            raise WrongPlan(
                f"--start: {path} held other faces out (its --data, seed or hold-out differ), so it learned faces on "
                "which this run would be judged"
            )
        return state

    @property
    def holds_out(self) -> HeldOut:
        """What decides which faces the run is judged on."""
        return HeldOut(self.recipe.seed, self.recipe.hold_out, tuple(source.folder for source in self.sources))

    def facts(self) -> dict[str, Any]:
        """Where weights and targets came from: plain values, stored with the run."""
        return {
            "data": [str(source) for source in self.sources],
            "pretrained": str(self.pretrained) if self.pretrained else None,
            "start": str(self.start) if self.start else None,
            "teachers": [str(path) for path in self.teachers],
        }

    def _length(self, faces: LabelledFaces) -> Length:
        if self.minutes:
            return Length(minutes=self.minutes)
        return Length(steps=round(self.recipe.epochs * max(1, epoch_length(faces.weights) // self.recipe.batch)))


def _says_no_length(options: argparse.Namespace) -> bool:
    return options.budget_minutes is None and options.epochs is None


def _resumed_recipe(options: argparse.Namespace, state: dict[str, Any]) -> Recipe:
    recipe = Recipe.from_dict(state["recipe"])
    return recipe if options.epochs is None else replace(recipe, epochs=options.epochs)


def _recipe(options: argparse.Namespace, config: EmotionConfig) -> Recipe:
    """The named recipe at the configuration's size, with what the flags replace."""
    asked = {name: getattr(options, name) for name in OVERRIDES}
    named = load_recipe(options.recipe).fitted_to(config.input_size)
    recipe = replace(named, **{name: value for name, value in asked.items() if value is not None})
    recipe = replace(recipe, patience=recipe.patience or None)  # 0 is never
    if options.erase is not None:
        recipe = replace(recipe, augmentation=replace(recipe.augmentation, erase=options.erase))
    if options.sizes:
        pairs = (pair.split(":") for pair in options.sizes.split(","))
        recipe = replace(recipe, sizes=tuple((float(start), int(size)) for start, size in pairs))
    return recipe


def _machine(options: argparse.Namespace, before: Machine) -> Machine:
    machine = Machine(
        device=options.device or before.device,
        precision=options.precision or before.precision,
        checkpointing=options.checkpointing or before.checkpointing,
    )
    return machine.check()
