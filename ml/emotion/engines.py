"""Measures the engines beside each other, on one thread: ``python -m ml.emotion.engines [--npz FILE] [--json]``."""

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ml.emotion.config import EmotionConfig
from ml.emotion.data.faceset import FaceSet
from ml.emotion.data.layouts import NoSuchData, read_npz
from ml.emotion.measuring.engine_candidates import CANDIDATES
from ml.emotion.measuring.engine_trials import BATCHES, Subject, milliseconds, probabilities, started
from ml.emotion.resize import resize
from ml.weights import shelf

_CALIBRATED_ON: Final = 256
_MADE_UP: Final = 320


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 measured, 1 no such weights, 2 no such data."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(1)
    subject = Subject(options.weights, options.config)
    try:
        labelled = read_npz(options.npz) if options.npz else None
        rows = measure(subject, labelled, options.engines.split(","), options.rounds)
    except (NoSuchData, OSError, KeyError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (shelf.WeightsMissing, shelf.WeightsAltered) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps(rows) + "\n" if options.json else table(rows))
    return 0


def measure(subject: Subject, labelled: FaceSet | None, names: list[str], rounds: int) -> list[dict[str, Any]]:
    """A row an engine. `labelled` gives accuracies, and real faces to calibrate int8 on: its first 256.

    Raises:
        KeyError: no such engine.
    """
    model = subject.network()
    faces = _labelled_faces(labelled, model.config) if labelled else _made_up_faces(model.config)
    first = faces[:_CALIBRATED_ON]
    engines = {name: CANDIDATES[name](model, first) for name in names}
    expected = probabilities(model, CANDIDATES["eager"](model, first), faces)
    took = {batch: milliseconds(engines, faces[:batch], rounds) for batch in BATCHES}
    rows: list[dict[str, Any]] = []
    for name, engine in engines.items():
        load_s, memory_mib = _alone(name, subject, first)
        answers = probabilities(model, engine, faces)
        row: dict[str, Any] = {"engine": name, "load_s": load_s, "memory_mib": memory_mib}
        row |= {f"ms_a_face_{batch}": times[name] / batch for batch, times in took.items()}
        row["difference"] = float((answers - expected).abs().max())
        row["accuracy"] = _accuracy(answers, labelled)
        rows.append(row)
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """The same for people, as the rows of a Markdown table."""
    head = ["engine", *(f"ms a face, {batch} at once" for batch in BATCHES), "first answer after", "memory it adds"]
    lines = [[*head, "farthest from eager", "accuracy"], ["---"] * (len(head) + 2)]
    for row in rows:
        accuracy = "" if row["accuracy"] is None else f"{row['accuracy']:.4f}"
        times = [f"{row[f'ms_a_face_{batch}']:.2f}" for batch in BATCHES]
        cost = [f"{row['load_s']:.1f} s", f"{row['memory_mib']:.0f} MiB"]
        lines.append([row["engine"], *times, *cost, f"{row['difference']:.1e}", accuracy])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _alone(name: str, subject: Subject, faces: Tensor) -> tuple[float, float]:
    """In a fresh process, so that its memory is its own; the arrays go as numpy, which needs no shared memory."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(_started, name, subject, faces.numpy()).result()


def _started(name: str, subject: Subject, faces: np.ndarray[Any, Any]) -> tuple[float, float]:
    return started(name, subject, torch.from_numpy(faces))


def _labelled_faces(labelled: FaceSet, config: EmotionConfig) -> Tensor:
    faces = torch.from_numpy(labelled.images).float().div(255).unsqueeze(1).expand(-1, config.channels, -1, -1)
    return resize(faces, config.input_size).contiguous()


def _made_up_faces(config: EmotionConfig) -> Tensor:
    """Soft blotches: as smooth as faces are, and the same each time."""
    coarse = torch.rand(_MADE_UP, config.channels, 6, 6, generator=torch.Generator().manual_seed(0))
    return functional.interpolate(coarse, size=config.input_size, mode="bicubic").clamp(0, 1)


def _accuracy(answers: Tensor, labelled: FaceSet | None) -> float | None:
    return None if labelled is None else float((answers.argmax(dim=1).numpy() == labelled.labels).mean())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.engines", description=__doc__)
    parser.add_argument("--weights", type=Path, help="folder of weights, instead of those that ship")
    parser.add_argument("--config", help="instead of weights: a configuration, filled by chance; for timing alone")
    parser.add_argument("--npz", type=Path, help="images (N, 48, 48) uint8 and labels (N,), for accuracies")
    parser.add_argument("--engines", default=",".join(CANDIDATES), help="which, by commas")
    parser.add_argument("--rounds", type=int, default=100, help="how often each batch is timed")
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
