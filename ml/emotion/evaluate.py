"""Measures a network on labelled stills: ``python -m ml.emotion.evaluate --npz FILE [--json]``."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ml.emotion.abstain import Bar
from ml.emotion.faceset import FaceSet
from ml.emotion.layouts import NoSuchData, read_npz
from ml.emotion.metrics import kept_curve, report
from ml.emotion.network import EmotionNet
from ml.emotion.predict import logits_of, probabilities_of
from ml.emotion.stored import load_network
from ml.vocabulary import EMOTIONS
from ml.weights import shelf


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 measured, 1 no such weights, 2 no such data."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    try:
        faces, repeated = read_npz(options.npz), _repeated(options.npz)
        weights = shelf.take("emotion", folder=options.weights)
    except (NoSuchData, OSError, KeyError, ValueError) as error:
        sys.stderr.write(f"{options.npz}: {error}\n")
        return 2
    except (shelf.WeightsMissing, shelf.WeightsAltered) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    figures = {"weights": weights.label, **measure(load_network(weights), faces, repeated)}
    sys.stdout.write(json.dumps(figures) + "\n" if options.json else table(figures))
    return 0


def measure(model: EmotionNet, faces: FaceSet, repeated: NDArray[np.bool_] | None = None) -> dict[str, Any]:
    """Figures against the original labels; each face is read with its mirror image, as in the model card.

    `ferplus`: against the majority of FER+ votes, where votes are given. `unrepeated`: without the rows marked in
    `repeated` (N,), those that stand in the training set too. `curve`: bar, share kept, accuracy of those kept.
    """
    probabilities = probabilities_of(logits_of(model, faces.images), float(model.temperature))
    bar = Bar().least_confidence
    figures = report(probabilities, faces.labels, bar=bar)
    figures["curve"] = kept_curve(probabilities, faces.labels)
    majority = faces.majority()
    fresh = np.ones(len(faces), bool) if repeated is None else ~repeated
    clear = majority >= 0
    if clear.any():
        figures["ferplus"] = report(probabilities[clear], majority[clear], bar=bar)
    if not fresh.all():
        figures["unrepeated"] = report(probabilities[fresh], faces.labels[fresh], bar=bar)
    if clear.any() and not fresh.all():
        figures["ferplus_unrepeated"] = report(probabilities[clear & fresh], majority[clear & fresh], bar=bar)
    return figures


def _repeated(path: Path) -> NDArray[np.bool_] | None:
    """(N,) true where the picture is pixel-identical to one of the training set, if the file says so."""
    with np.load(path) as data:
        return data["dup_in_train"].astype(bool) if "dup_in_train" in data else None


def table(figures: dict[str, Any]) -> str:
    """The same for people."""
    lines = [f"{figures['weights']} on {figures['n']} faces"]
    lines += [f"{name:>14} {figures[name]:.4f}" for name in ("accuracy", "macro_f1", "ece", "abstained")]
    if figures["accuracy_kept"] is not None:
        lines.append(f"{'accuracy_kept':>14} {figures['accuracy_kept']:.4f}")
    if "unrepeated" in figures:
        lines.append(f"{'unrepeated':>14} {figures['unrepeated']['accuracy']:.4f} of {figures['unrepeated']['n']}")
    if "ferplus" in figures:
        lines.append(f"{'FER+ majority':>14} {figures['ferplus']['accuracy']:.4f} of {figures['ferplus']['n']}")
    lines.append(
        f"\n{'':>10} {'precision':>9} {'recall':>9} {'f1':>9} {'support':>9}   guessed as {' '.join(EMOTIONS)}"
    )
    for row, (emotion, of) in enumerate(figures["per_class"].items()):
        counts = " ".join(f"{count:>5}" for count in np.array(figures["confusion"])[row])
        lines.append(
            f"{emotion:>10} {of['precision']:9.3f} {of['recall']:9.3f} {of['f1']:9.3f} {of['support']:9d}   {counts}"
        )
    return "\n".join(lines) + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.evaluate", description=__doc__)
    parser.add_argument("--npz", type=Path, required=True, help="images (N, 48, 48) uint8 and labels (N,)")
    parser.add_argument("--weights", type=Path, help="folder of weights, instead of those that ship")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
