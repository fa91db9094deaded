"""Measures a network on labelled stills: ``python -m ml.emotion.evaluate --npz FILE [--json] [--perturb] [--look]``.

``--data DIR`` in place of a file measures on the public test of a folder that ``ml.emotion.train`` takes.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ml.emotion.abstain import Bar
from ml.emotion.config import EmotionConfig
from ml.emotion.data.faceset import FaceSet
from ml.emotion.data.labelled import LabelledFaces, NoSuchData
from ml.emotion.data.layouts import read_npz
from ml.emotion.data.sources import Source, open_faces
from ml.emotion.measuring.beside_mean import compare_kinds
from ml.emotion.measuring.brightness import by_brightness
from ml.emotion.measuring.in_files import measure_files
from ml.emotion.measuring.metrics import kept_curve, report
from ml.emotion.measuring.perturb import PERTURBATIONS
from ml.emotion.measuring.predict import logits_of, probabilities_of, ten_crop_logits
from ml.emotion.measuring.regions import attention_report
from ml.emotion.network import EmotionNet
from ml.emotion.stored import load_network
from ml.faces.nets import FaceNets
from ml.vocabulary import EMOTIONS
from ml.weights import shelf


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 measured, 1 no such weights, 2 no such data, or none to measure that on."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    try:
        weights = shelf.take("emotion", folder=options.weights)
    except (shelf.WeightsMissing, shelf.WeightsAltered) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    model = load_network(weights)
    try:
        figures = {"weights": weights.label, **_measured(model, options)}
    except NoSuchData as error:
        sys.stderr.write(f"{options.npz or options.data}: {error}\n")
        return 2
    sys.stdout.write(json.dumps(figures) + "\n" if options.json else table(figures))
    return 0


def _measured(model: EmotionNet, options: argparse.Namespace) -> dict[str, Any]:
    """All that was asked for. Raises NoSuchData."""
    faces, repeated = _read(options, model.config)
    if not isinstance(faces, FaceSet):
        if options.perturb or options.clips or options.crops or options.look:
            raise NoSuchData("--perturb, --clips, --crops and --look take faces in a layout of FER-2013")
        return measure_files(model, faces)
    figures = measure(model, faces, repeated)
    if options.crops:
        figures["ten_crop"] = _accuracy(ten_crop_logits(model, faces.images), faces)
    if options.perturb:
        figures["perturbed"] = perturbed(model, faces)
    if options.clips:
        figures["steadiness"] = compare_kinds(model, faces, options.clips, torch.Generator().manual_seed(0))
    if options.look:
        figures["attention"] = attention_report(model, faces.images, FaceNets.load())
    return figures


def measure(model: EmotionNet, faces: FaceSet, repeated: NDArray[np.bool_] | None = None) -> dict[str, Any]:
    """Figures against the original labels; each face is read with its mirror image, as in the model card.

    `ferplus`: against the majority of FER+ votes, where votes are given. `unrepeated`: without the rows marked in
    `repeated` (N,), those that stand in the training set too. `curve`: bar, share kept, accuracy of those kept.
    `single_pass`: without the mirror image, as a session's frames are read.
    """
    temperature = float(model.temperature)
    probabilities = probabilities_of(logits_of(model, faces.images), temperature)
    bar = Bar().least_confidence
    figures = report(probabilities, faces.labels, bar=bar)
    figures["curve"] = kept_curve(probabilities, faces.labels)
    figures["brightness"] = by_brightness(probabilities, faces.labels, faces.images, bar=bar)
    figures["single_pass"] = _accuracy(logits_of(model, faces.images, mirrored=False), faces)
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


def perturbed(model: EmotionNet, faces: FaceSet) -> dict[str, dict[str, float]]:
    """Accuracy on the original labels under each perturbation, and what it cost, as shares of the faces."""
    plain = _accuracy(logits_of(model, faces.images), faces)
    found = {name: _accuracy(logits_of(model, how(faces.images)), faces) for name, how in PERTURBATIONS.items()}
    return {name: {"accuracy": accuracy, "cost": plain - accuracy} for name, accuracy in found.items()}


def _accuracy(logits: NDArray[np.float32], faces: FaceSet) -> float:
    return float((logits.argmax(axis=1) == faces.labels).mean())


def _read(options: argparse.Namespace, config: EmotionConfig) -> tuple[LabelledFaces, NDArray[np.bool_] | None]:
    """The faces, and which of them stand in the training set too, as far as a file says so. Raises NoSuchData."""
    path: Path = options.npz or options.data / "public_test.npz"
    try:
        if options.data and not path.exists():
            return open_faces([Source(options.data)], "public_test", config), None
        return read_npz(path), _repeated(path)
    except (OSError, KeyError, ValueError) as error:
        raise NoSuchData(str(error)) from error


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
    for name, of in figures.get("perturbed", {}).items():
        lines.append(f"{name:>20} {of['accuracy']:.4f}, costs {100 * of['cost']:.1f} points")
    lines += [_steadiness(name, of) for name, of in figures.get("steadiness", {}).items()]
    for row in figures.get("attention", []):
        shares = ", ".join(f"{name} {row[name]['ratio']:.2f} times" for name in ("eyes_and_brows", "mouth"))
        lines.append(f"attention after stage {row['stage']}, against an even spread: {shares}")
    return "\n".join(lines) + "\n"


def _steadiness(name: str, of: dict[str, Any]) -> str:
    lstm, mean = of["lstm"], of["mean_at_equal_lag"]
    less = " … ".join(f"{bound:.3f}" for bound in mean["less_interval"])
    return (
        f"{name:>10}: flicker {lstm['flicker']:.3f}, lag {lstm['lag']:.2f} frames; each frame alone "
        f"{of['alone']['flicker']:.3f}; a running mean that lags as much {mean['flicker']:.3f} ({less} more)"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.evaluate", description=__doc__)
    faces = parser.add_mutually_exclusive_group(required=True)
    faces.add_argument("--npz", type=Path, help="images (N, 48, 48) uint8 and labels (N,)")
    faces.add_argument("--data", type=Path, help="folder that ml.emotion.train takes, whose public test to read")
    parser.add_argument("--weights", type=Path, help="folder of weights, instead of those that ship")
    parser.add_argument("--perturb", action="store_true", help="accuracy under light, blur, noise, turns, covers, …")
    parser.add_argument("--clips", type=int, help="flicker and lag on as many clips made from these faces")
    parser.add_argument("--crops", action="store_true", help="with ten-crop averaging too: ten times the work")
    parser.add_argument("--look", action="store_true", help="where the attention falls: eyes, brows, mouth")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
