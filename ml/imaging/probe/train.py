"""Train the probe on rendered scenes; goes on with --resume, and can be trained in pieces with --at-most.

Example:
    python -m ml.imaging.probe.train --out var/training/probe --scenes var/training/painter/scenes --minutes 20 --resume
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Generator

from ml.imaging.probe.augment import vary
from ml.imaging.probe.evaluate import shares_right
from ml.imaging.probe.network import ProbeNet
from ml.imaging.probe.objective import naming_loss
from ml.imaging.probe.pictures import as_tensor, standard
from ml.imaging.probe.stored import save_probe
from ml.imaging.training.budget import Average, Budget, load_checkpoint
from ml.imaging.training.dataset import Scenes
from ml.imaging.training.pieces import parser_of, scenes_of
from ml.imaging.training.progress import Progress
from ml.imaging.training.train_decoder import VALIDATION
from ml.scenes.captions import ATTRIBUTES

_BATCH: Final = 64
_RATE: Final = 2e-3
_DECAY: Final = 0.998
_STEEPEST: Final = 2.0


@dataclass(kw_only=True)
class Run(Progress[ProbeNet]):
    """One training of the network on scenes."""

    scenes: Scenes

    @classmethod
    def begin(cls, scenes: Scenes, path: Path) -> "Run":
        """An untrained network."""
        net = ProbeNet().train()
        optimizer = torch.optim.AdamW(net.parameters(), lr=_RATE, weight_decay=0.02)
        return cls(model=net, optimizer=optimizer, average=Average(net, _DECAY), path=path, scenes=scenes)

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
    rng, chance = np.random.default_rng((seed, run.step)), Generator().manual_seed(seed + run.step)
    budget, piece = Budget(minutes, spent), None if at_most is None else Budget(at_most)
    run.spend(budget, _RATE, lambda: _step(run, rng, chance), lambda: judge(run), piece=piece)
    save_probe(run.averaged(), out / "weights", steps=run.step, minutes=round(budget.spent_s / 60, 1))


def _step(run: Run, rng: np.random.Generator, chance: Generator) -> float:
    """One batch of random scenes, varied."""
    rows = np.sort(rng.integers(VALIDATION, run.scenes.count, _BATCH))
    varied = vary(as_tensor(run.scenes.pixels[rows]), chance)
    truth = torch.from_numpy(run.scenes.words[rows].astype(np.int64))
    with torch.autocast("cpu", torch.bfloat16):
        scores = run.model(standard(varied.pictures))
    return run.descend(naming_loss(scores, truth, varied.own_colours), steepest=_STEEPEST)


def judge(run: Run) -> str:
    """Shares right on the rows that are never trained on."""
    rows = range(min(VALIDATION, run.scenes.count))
    pictures = as_tensor(np.array(run.scenes.pixels[: len(rows)]))
    truth = torch.from_numpy(np.array(run.scenes.words[: len(rows)]).astype(np.int64))
    right = shares_right(run.averaged(), pictures, dict(zip(ATTRIBUTES, truth.unbind(1), strict=True)))
    return ", ".join(f"{name} {share.right / share.count:.2f}" for name, share in right.items())


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, paint scenes if there are none, train."""
    options = parser_of("ml.imaging.probe.train", __doc__).parse_args(arguments)
    pieces = {"at_most": options.at_most, "resume": options.resume}
    train_probe(scenes_of(options), options.out, options.minutes, options.seed, **pieces)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
