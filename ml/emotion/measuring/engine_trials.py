"""What is measured of an engine: time, memory, and how far from torch its answers are."""

import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from ml.emotion.config import load_config
from ml.emotion.engine import Engine
from ml.emotion.fold import folded
from ml.emotion.measuring.engine_candidates import CANDIDATES
from ml.emotion.network import EmotionNet
from ml.emotion.stored import load_network
from ml.weights import shelf

BATCHES: Final = (1, 8)
_CHUNK: Final = 64


@dataclass(frozen=True)
class Subject:
    """Which network: weights of a folder (None: those that ship), or a configuration with weights by chance."""

    weights: Path | None
    config: str | None

    def network(self) -> EmotionNet:
        """Folded, as the reader has it."""
        if self.config is None:
            return folded(load_network(shelf.take("emotion", folder=self.weights)))
        torch.manual_seed(0)
        model = EmotionNet(load_config(self.config)).eval().requires_grad_(requires_grad=False)
        return folded(model.to(memory_format=torch.channels_last))


def started(name: str, subject: Subject, faces: Tensor) -> tuple[float, float]:
    """Seconds until the first answer, and MiB that the process has grown by then. For a process of its own."""
    torch.set_num_threads(1)
    model, before, began = subject.network(), _resident_mib(), time.perf_counter()
    probabilities(model, CANDIDATES[name](model, faces), faces[:1])
    return time.perf_counter() - began, _resident_mib() - before


@torch.inference_mode()
def milliseconds(engines: dict[str, Engine], faces: Tensor, rounds: int) -> dict[str, float]:
    """Median of processor time for `faces` as one batch, on one thread: what a quiet machine's clock would show.

    The engines take turns, so that what else the machine does hits all alike.
    """
    took: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(rounds + 1):
        for name, engine in engines.items():
            began = time.process_time()
            engine(faces)
            took[name].append((time.process_time() - began) * 1000)
    return {name: statistics.median(times[1:]) for name, times in took.items()}


@torch.inference_mode()
def probabilities(model: EmotionNet, engine: Engine, faces: Tensor) -> Tensor:
    """(N, 7) of each face alone."""
    parts: tuple[Tensor, ...] = faces.split(_CHUNK)  # type: ignore[no-untyped-call]  # torch leaves it untyped
    logits = torch.cat([engine(part)[1] for part in parts])
    return (logits / model.temperature).softmax(dim=1)


def _resident_mib() -> float:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024
