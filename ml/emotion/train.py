"""Trains the single-frame network: ``python -m ml.emotion.train --data DIR[:WEIGHT] [--resume]``."""

import argparse
import json
import logging
import sys

import torch

from ml.emotion.data.holdout import split
from ml.emotion.data.labelled import NoSuchData
from ml.emotion.data.sources import open_faces
from ml.emotion.training import checkpoints, options
from ml.emotion.training.board import Board, BoardMissing
from ml.emotion.training.crossvalidate import CrossValidation
from ml.emotion.training.machine import NoSuchDevice
from ml.emotion.training.plan import Plan, WrongPlan
from ml.emotion.training.pretrained import WrongWeights
from ml.emotion.training.run import Run
from ml.emotion.training.trainer import DifferentNetwork

_LOG = logging.getLogger("ml.emotion.train")
_WRONG_USE = (NoSuchData, FileNotFoundError, NoSuchDevice, WrongPlan, WrongWeights, DifferentNetwork, BoardMissing)


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 trained to the end, 2 wrong use (no data, nothing to resume) or data that went away."""
    asked = options.parser(__doc__ or "").parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    torch.set_num_threads(asked.threads)
    try:
        if asked.folds is not None:
            _cross_validate(asked)
        else:
            _train(asked)
    except _WRONG_USE as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _train(asked: argparse.Namespace) -> None:
    resumed = checkpoints.load(asked.out / "checkpoint.pt") if asked.resume else None
    plan = Plan.asked(asked, resumed)
    faces = open_faces(plan.sources, "training", plan.config)
    training, held = split(faces, share=plan.recipe.hold_out, seed=plan.recipe.seed)
    facts = (resumed or {}).get("facts") or plan.facts()  # where a resumed run began stays where it began
    run = Run(plan.trainer(training), held, asked.out, facts)
    run.save_every = asked.save_every * 60
    if resumed:
        run.resume(resumed)
    if asked.tensorboard:
        run.board = Board(asked.out / "tensorboard", run.trainer.step)
    _LOG.info("%d faces to learn from, %d held out, from step %d", len(training), len(held), run.trainer.step)
    run.drive()
    if run.board:
        run.board.close()


def _cross_validate(asked: argparse.Namespace) -> None:
    plan = Plan.asked(asked)
    faces = open_faces(plan.sources, "training", plan.config)
    save_every = asked.save_every * 60
    over = CrossValidation(plan=plan, folds=asked.folds, out=asked.out, resume=asked.resume, save_every=save_every)
    sys.stdout.write(json.dumps(over.run(faces), indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
