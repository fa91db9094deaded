"""Train the probe on rendered scenes; goes on with --resume, and can be trained in pieces with --at-most.

Example:
    python -m ml.imaging.probe.train --out var/training/probe --scenes var/training/painter/scenes --minutes 20 --resume
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Generator, nn

from ml.imaging.probe.augment import vary
from ml.imaging.probe.evaluate import shares_right
from ml.imaging.probe.network import ProbeNet
from ml.imaging.probe.objective import naming_loss
from ml.imaging.probe.pictures import as_tensor, standard
from ml.imaging.probe.stored import save_probe
from ml.imaging.training.budget import (
    SAVE_EVERY_S,
    Average,
    Budget,
    learning_rate,
    load_checkpoint,
    save_checkpoint,
    set_rate,
)  # fmt: skip
from ml.imaging.training.dataset import Scenes, open_scenes, paint_scenes
from ml.imaging.training.train_decoder import VALIDATION
from ml.scenes.captions import ATTRIBUTES

_BATCH: Final = 64
_RATE: Final = 2e-3
_DECAY: Final = 0.998
log = logging.getLogger(__name__)


@dataclass
class Run:
    """One training: the network, its average, and how far it got."""

    scenes: Scenes
    net: ProbeNet
    optimizer: torch.optim.Optimizer
    average: Average
    path: Path
    step: int = 0

    @classmethod
    def begin(cls, scenes: Scenes, path: Path) -> "Run":
        """An untrained network."""
        net = ProbeNet().train()
        optimizer = torch.optim.AdamW(net.parameters(), lr=_RATE, weight_decay=0.02)
        return cls(scenes, net, optimizer, Average(net, _DECAY), path)

    def restore(self, state: dict[str, Any]) -> float:
        """Go on from a checkpoint; returns the seconds already spent."""
        self.net.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average.weights, self.average.steps = state["average"], int(state["step"])
        self.step = int(state["step"])
        return float(state["spent_s"])

    def save(self, spent_s: float) -> None:
        """Write the checkpoint that `restore` reads."""
        parts = {"model": self.net.state_dict(), "average": self.average.weights}
        progress = {"optimizer": self.optimizer.state_dict(), "step": self.step, "spent_s": spent_s}
        save_checkpoint(self.path, parts | progress)

    def averaged(self) -> ProbeNet:
        """The network of the averaged weights, for use."""
        net = ProbeNet()
        net.load_state_dict(self.average.weights)
        return net.eval()


def train_probe(
    scenes: Scenes, out: Path, minutes: float, seed: int, *, at_most: float | None = None, resume: bool = False
) -> None:
    """Train until the budget is spent, or `at_most` minutes of it; `out/probe.pt` goes on, `out/weights` is for use."""
    torch.manual_seed(seed)
    run, spent = Run.begin(scenes, out / "probe.pt"), 0.0
    if resume and run.path.exists():
        spent = run.restore(load_checkpoint(run.path))
    torch.manual_seed(seed + run.step)
    budget = Budget(minutes, spent)
    _loop(run, budget, Budget(minutes if at_most is None else at_most), seed)
    save_probe(run.averaged(), out / "weights", steps=run.step, minutes=round(budget.spent_s / 60, 1))


def _loop(run: Run, budget: Budget, piece: Budget, seed: int) -> None:
    rng, chance = np.random.default_rng((seed, run.step)), Generator().manual_seed(seed + run.step)
    saved, running = budget.spent_s, 0.0
    while budget.share < 1.0 and piece.share < 1.0:
        set_rate(run.optimizer, learning_rate(_RATE, run.step, budget.share))
        loss = _step(run, rng, chance)
        run.step += 1
        running = 0.98 * running + 0.02 * loss if running else loss
        if budget.spent_s - saved > SAVE_EVERY_S or max(budget.share, piece.share) >= 1.0:
            saved = budget.spent_s
            run.save(saved)
            log.info("step %d, %.0f %%: loss %.4f; %s", run.step, 100 * budget.share, running, judge(run))


def _step(run: Run, rng: np.random.Generator, chance: Generator) -> float:
    """One batch of random scenes, varied."""
    rows = np.sort(rng.integers(VALIDATION, run.scenes.count, _BATCH))
    varied = vary(as_tensor(run.scenes.pixels[rows]), chance)
    truth = torch.from_numpy(run.scenes.words[rows].astype(np.int64))
    with torch.autocast("cpu", torch.bfloat16):
        scores = run.net(standard(varied.pictures))
    loss = naming_loss(scores, truth, varied.own_colours)
    run.optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
    nn.utils.clip_grad_norm_(run.net.parameters(), 2.0)
    run.optimizer.step()
    run.average.update(run.net)
    return loss.item()


def judge(run: Run) -> str:
    """Shares right on the rows that are never trained on."""
    rows = range(min(VALIDATION, run.scenes.count))
    pictures = as_tensor(np.array(run.scenes.pixels[: len(rows)]))
    truth = torch.from_numpy(np.array(run.scenes.words[: len(rows)]).astype(np.int64))
    right = shares_right(run.averaged(), pictures, dict(zip(ATTRIBUTES, truth.unbind(1), strict=True)))
    return ", ".join(f"{name} {share.right / share.count:.2f}" for name, share in right.items())


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, cap torch's threads, paint scenes if there are none, train."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    torch.set_num_threads(options.threads)
    folder = options.scenes or options.out / "scenes"
    if not (folder / "count").exists():
        paint_scenes(folder, options.count, options.seed)
    scenes = open_scenes(folder)
    train_probe(scenes, options.out, options.minutes, options.seed, at_most=options.at_most, resume=options.resume)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.imaging.probe.train", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="where checkpoint and weights are written")
    parser.add_argument("--scenes", type=Path, help="scenes that the painter's data stage made (default: OUT/scenes)")
    parser.add_argument("--count", type=int, default=24_000, help="how many scenes to paint where there are none")
    parser.add_argument("--minutes", type=float, required=True, help="the rate anneals over this time")
    parser.add_argument("--at-most", type=float, help="stop after so many of these minutes; --resume goes on")
    parser.add_argument("--seed", type=int, default=20261)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
