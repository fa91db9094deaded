"""Prunes a trained network and trains it on for a while: ``python -m ml.emotion.recover --data DIR --checkpoint FILE``.

Says what the hold-out, split as in training, makes of it before, after, and once recovered.
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import torch

from ml.emotion.config import EmotionConfig
from ml.emotion.data.faceset import FaceSet
from ml.emotion.data.holdout import split
from ml.emotion.data.layouts import NoSuchData, load_faces
from ml.emotion.measuring.predict import logits_of
from ml.emotion.network import EmotionNet
from ml.emotion.stored import save_network
from ml.emotion.training import checkpoints
from ml.emotion.training.held_out import refuse_other
from ml.emotion.training.prune import pruned
from ml.emotion.training.recipe import Recipe
from ml.emotion.training.trainer import Length, Trainer


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 done, 2 wrong use (no data, no checkpoint, or one of other data)."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    try:
        faces, state = load_faces(options.data, "training"), checkpoints.load(options.checkpoint)
        refuse_other(state, options.data)
    except (NoSuchData, FileNotFoundError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    model = EmotionNet(EmotionConfig.from_dict(json.loads(state["config"])))
    model.load_state_dict(state["average"])
    recipe = Recipe.from_dict(state["recipe"])
    training, held = split(faces, share=recipe.hold_out, seed=recipe.seed)
    smaller = pruned(model.eval(), options.share)
    recovered = recover(smaller, recipe, training, options.minutes, options.rate)
    if options.out:
        save_network(recovered, options.out, pruned=options.share)
    for name, one in (("before", model), ("pruned", smaller), ("recovered", recovered)):
        parameters = sum(parameter.numel() for parameter in one.parameters())
        sys.stdout.write(f"{name:>10} {accuracy(one, held):.4f} of {len(held)}, {parameters / 1e6:.2f} M parameters\n")
    return 0


def recover(model: EmotionNet, recipe: Recipe, faces: FaceSet, minutes: float, rate: float) -> EmotionNet:
    """The average of a short run that starts from `model`, at full size and with a low rate, as it has learned most."""
    short = replace(recipe, peak_rate=rate, warm_up=0.05, mixup=0.0, average=0.99, sizes=((0.0, recipe.size(1.0)),))
    trainer = Trainer(model.config, short, faces, Length(minutes=minutes))
    trainer.model.load_state_dict(model.state_dict())
    trainer.average.load_state_dict(model.state_dict())
    for _ in trainer.run():
        pass
    return trainer.average.eval()


def accuracy(model: EmotionNet, held: FaceSet) -> float:
    """Share of faces, each seen once, whose label is the one thought likeliest."""
    guesses = logits_of(model, held.images, mirrored=False).argmax(axis=1)
    return float((guesses == held.labels).mean())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.recover", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder in a public layout of FER-2013")
    parser.add_argument("--checkpoint", type=Path, required=True, help="best.pt of a training run")
    parser.add_argument("--share", type=float, default=0.25, help="of the inner channels to leave out")
    parser.add_argument("--minutes", type=float, default=8.0, help="of training after it")
    parser.add_argument("--rate", type=float, default=0.02, help="the highest learning rate of it")
    parser.add_argument("--out", type=Path, help="folder for the weights that recovered")
    parser.add_argument("--threads", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
