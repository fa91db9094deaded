"""Trains the single-frame network: ``python -m ml.emotion.train --data DIR [--resume]``."""

import argparse
import logging
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import torch

from ml.emotion import checkpoints
from ml.emotion.config import load_config
from ml.emotion.faceset import FaceSet
from ml.emotion.holdout import split
from ml.emotion.layouts import NoSuchData, load_faces
from ml.emotion.predict import logits_of
from ml.emotion.recipe import Recipe
from ml.emotion.trainer import Length, Trainer

_LOG = logging.getLogger("ml.emotion.train")
_OVERRIDES: Final[dict[str, type]] = {
    "seed": int,
    "batch": int,
    "optimiser": str,
    "peak_rate": float,
    "weight_decay": float,
    "warm_up": float,
    "mixup": float,
    "average": float,
}
_EVALUATIONS: Final = (0.25, 0.5, 0.65, 0.8, 0.9, 0.96, 1.0)


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 trained to the end, 2 wrong use (no data, nothing to resume)."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    torch.set_num_threads(options.threads)
    try:
        faces = load_faces(options.data, "training")
        resumed = checkpoints.load(options.out / "checkpoint.pt") if options.resume else None
    except (NoSuchData, FileNotFoundError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    recipe = Recipe.from_dict(resumed["recipe"]) if resumed else _recipe(options)
    training, held = split(faces, share=recipe.hold_out, seed=recipe.seed)
    length = Length(minutes=options.budget_minutes) if options.budget_minutes else _length(options, training, recipe)
    trainer = Trainer(load_config(options.config), recipe, training, length)
    if resumed:
        trainer.restore(resumed)
    _LOG.info("%d faces to learn from, %d held out, from step %d", len(training), len(held), trainer.step)
    _train(trainer, held, options.out, options.save_every * 60)
    return 0


def _train(trainer: Trainer, held: FaceSet, out: Path, save_every: float) -> None:
    """Drive the run: log, evaluate at the marks of progress, and save as often as asked."""
    marks = [mark for mark in _EVALUATIONS if mark > trainer.progress]
    best = _best_so_far(out)
    logged = saved = time.monotonic()
    losses: list[float] = []
    for loss in trainer.run():
        losses.append(loss)
        if time.monotonic() - logged > 30:
            _report(trainer, sum(losses) / len(losses))
            losses.clear()
            logged = time.monotonic()
        if marks and trainer.progress >= marks[0]:
            marks = [mark for mark in marks if mark > trainer.progress]
            best = _evaluate(trainer, held, best, out)
        if time.monotonic() - saved > save_every:
            checkpoints.save(trainer.state(), out / "checkpoint.pt")
            saved = time.monotonic()
    checkpoints.save(trainer.state(), out / "checkpoint.pt")


def _evaluate(trainer: Trainer, held: FaceSet, best: float, out: Path) -> float:
    """Score the average on the hold-out; keep it when it is the best yet. Returns the best accuracy."""
    size = trainer.recipe.size(trainer.progress)
    right = logits_of(trainer.average, held.images, mirrored=False, size=size).argmax(axis=1) == held.labels
    accuracy = float(right.mean())
    _LOG.info("hold-out at %d px: %.4f (best before %.4f)", size, accuracy, best)
    if accuracy <= best:
        return best
    state: dict[str, Any] = {key: value for key, value in trainer.state().items() if key not in ("model", "optimiser")}
    checkpoints.save(state | {"accuracy": accuracy}, out / "best.pt")
    return accuracy


def _best_so_far(out: Path) -> float:
    path = out / "best.pt"
    return float(checkpoints.load(path)["accuracy"]) if path.exists() else 0.0


def _report(trainer: Trainer, loss: float) -> None:
    progress = trainer.progress
    left = trainer.seconds * (1 - progress) / progress / 60 if progress else float("nan")
    _LOG.info(
        "step %d epoch %.2f %d px rate %.4f loss %.4f, %.1f min trained, %.1f left",
        *(trainer.step, trainer.epoch, trainer.recipe.size(progress), trainer.recipe.rate(progress), loss),
        *(trainer.seconds / 60, left),
    )


def _length(options: argparse.Namespace, faces: FaceSet, recipe: Recipe) -> Length:
    return Length(steps=round(options.epochs * max(1, len(faces) // recipe.batch)))


def _recipe(options: argparse.Namespace) -> Recipe:
    asked = {name: getattr(options, name) for name in _OVERRIDES}
    recipe = replace(Recipe(), **{name: value for name, value in asked.items() if value is not None})
    if options.erase is not None:
        recipe = replace(recipe, augmentation=replace(recipe.augmentation, erase=options.erase))
    if options.sizes:
        pairs = (pair.split(":") for pair in options.sizes.split(","))
        recipe = replace(recipe, sizes=tuple((float(start), int(size)) for start, size in pairs))
    return recipe


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder in a public layout of FER-2013")
    parser.add_argument("--out", type=Path, default=Path("var/training/emotion"), help="the run's folder")
    parser.add_argument("--resume", action="store_true", help="go on from the folder's checkpoint, with its recipe")
    parser.add_argument("--config", default="cpu", help="configuration's name")
    parser.add_argument("--epochs", type=float, default=22.0)
    parser.add_argument("--budget-minutes", type=float, help="instead of epochs: fit the whole schedule into this time")
    parser.add_argument("--save-every", type=float, default=3.0, help="minutes between checkpoints")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--sizes", help="progressive resizing, such as 0:32,0.5:44 (progress:pixels)")
    parser.add_argument("--erase", type=float, help="share of faces covered in part")
    for name, kind in _OVERRIDES.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, help="replaces the recipe's own")
    return parser


if __name__ == "__main__":
    sys.exit(main())
