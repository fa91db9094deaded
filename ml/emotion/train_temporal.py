"""Trains the LSTM on frozen features of pseudo-clips: ``python -m ml.emotion.train_temporal --data DIR``.

Goes after ``ml.emotion.train``: takes the best average of its folder, calibrates it, adds the LSTM, writes the weights.
The LSTM learns on half of the hold-out, since the trunk is surer of faces that it was trained on than it will be of
anyone in use, and is compared on the other half.
"""

import argparse
import json
import logging
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ml.emotion.data.faceset import FaceSet
from ml.emotion.data.layouts import NoSuchData
from ml.emotion.measuring import calibrate
from ml.emotion.measuring.beside_mean import compare_kinds
from ml.emotion.measuring.metrics import expected_calibration_error
from ml.emotion.measuring.predict import logits_of, probabilities_of
from ml.emotion.network import EmotionNet
from ml.emotion.stored import save_network
from ml.emotion.training.clips import FADE
from ml.emotion.training.seen import Seen, see, unroll
from ml.emotion.training.trained import open_run

_LOG = logging.getLogger("ml.emotion.train_temporal")
_BATCH: Final = 32
_RATE: Final = 2e-3
_STEADY: Final = 0.3
"""Weight of staying where one is between frames that show the same face, beside naming it rightly."""
LEARNT: Final = (2, FADE, 5)
"""Changes that the LSTM is trained on, by the frames they take."""


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 trained and written, 2 no data or no trained network."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    torch.set_num_threads(options.threads)
    try:
        run = open_run(options.run, options.data, units=options.units)
    except (NoSuchData, FileNotFoundError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    model, recipe, held = run.model, run.recipe, run.held
    facts = {"steps": run.steps, **_calibrate(model, held)}
    random = torch.Generator().manual_seed(recipe.seed + 1)
    learnt, unseen = held.pick(np.arange(len(held)) % 2 == 0), held.pick(np.arange(len(held)) % 2 == 1)
    clips = [see(model, learnt, options.clips // len(LEARNT), random, fade=fade) for fade in LEARNT]
    _fit(model, Seen.of(clips), options, random)
    figures = compare_kinds(model, unseen, max(1, options.clips // 2), random)
    kept = {kind: {name: of for name, of in row.items() if name != "means"} for kind, row in figures.items()}
    save_network(
        model, options.weights, eight_bits=options.eight_bits, recipe=recipe.to_dict(), steadiness=kept, **facts
    )
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    return 0


def _calibrate(model: EmotionNet, held: FaceSet) -> dict[str, Any]:
    """Calibrate on the hold-out. The error that is reported is of one half, by what was fitted to the other."""
    logits = logits_of(model, held.images, mirrored=False)
    majority, half = held.majority(), np.arange(len(held)) % 2 == 0
    tried = calibrate.fit(logits[half], held.labels[half], majority[half])
    unfitted = probabilities_of(tried.apply(logits[~half]), 1.0)
    fitted = calibrate.fit(logits, held.labels, majority)
    fitted.build_into(model)
    guesses = fitted.apply(logits).argmax(axis=1)
    facts = {
        "biases": fitted.biases,
        "hold_out_accuracy": float((guesses == held.labels).mean()),
        "hold_out_ece": expected_calibration_error(unfitted, held.labels[~half]),
    }
    _LOG.info("temperature %.3f on %d faces held out: %s", fitted.temperature, len(held), facts)
    return facts


def _fit(model: EmotionNet, seen: Seen, options: argparse.Namespace, random: torch.Generator) -> None:
    """Only the LSTM learns; one-cycle AdamW on the soft cross-entropy of all frames, and on staying put."""
    epochs = options.epochs
    model.temporal.requires_grad_(requires_grad=True)
    optimiser = torch.optim.AdamW(model.temporal.parameters(), lr=_RATE, weight_decay=0.01)
    batches = len(seen.features) // _BATCH or 1
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=epochs * batches)
    for epoch in range(epochs):
        losses: list[float] = []
        for rows in torch.split(torch.randperm(len(seen.features), generator=random), _BATCH)[:batches]:
            answers = unroll(model, seen, rows)
            loss = functional.cross_entropy(answers.flatten(0, 1), seen.clips.targets[rows].flatten(0, 1))
            loss = loss + options.steady * _unrest(answers, seen.changing[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            cycle.step()
            losses.append(float(loss.detach()))
        _LOG.info("epoch %d of %d: loss %.4f", epoch + 1, epochs, sum(losses) / len(losses))


def _unrest(answers: Tensor, changing: Tensor) -> Tensor:
    """Mean total variation between the (N, T, 7) answers to neighbouring frames that show the same face; 0 to 1."""
    probabilities = answers.softmax(dim=2)
    moved = (probabilities[:, 1:] - probabilities[:, :-1]).abs().sum(dim=2) / 2
    return moved[~changing[:, 1:]].mean()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.train_temporal", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder in a public layout of FER-2013")
    parser.add_argument("--run", type=Path, default=Path("var/training/emotion"), help="folder of the trained network")
    parser.add_argument("--weights", type=Path, default=Path("var/weights/emotion"), help="where the weights go")
    parser.add_argument("--eight-bits", action="store_true", help="store kernels in a byte a number")
    parser.add_argument("--clips", type=int, default=900)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--units", type=int, default=32, help="of the LSTM")
    parser.add_argument("--steady", type=float, default=_STEADY, help="how much steadiness counts in training")
    parser.add_argument("--threads", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
