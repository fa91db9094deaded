"""Train the upscaler on scenes as they are and as the painter paints them; goes on with --resume.

Example:
    python -m ml.imaging.upscaler.train --painter var/training/painter/pipeline --out var/training/upscaler --minutes 20
"""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from ml.imaging.enlarge import enlarge
from ml.imaging.profiles import profile_at
from ml.imaging.reviewed import review_of
from ml.imaging.training.budget import Average, Budget, load_checkpoint, set_rate
from ml.imaging.training.linear_code import peak_signal_to_noise
from ml.imaging.training.progress import Progress
from ml.imaging.training.train_decoder import reconstruction_loss, to_tensor
from ml.imaging.upscaler.network import FACTOR, Upscaler, edges, new_critic, verdict_loss
from ml.imaging.upscaler.pairs import HELD_BACK, SMALL, Pairs, paint_small, render_large
from ml.imaging.upscaler.stored import save_upscaler
from ml.weights import shelf

_BATCH: Final = 8
_CROP: Final = 32
_RATE: Final = 1e-3
_CRITIC_RATE: Final = 4e-4
_DECAY: Final = 0.998
_STEEPEST: Final = 1.0
_CRITIC_FROM: Final = 0.25
"""Share of the budget after which the critic is heard: before it, edges lie where they should only by chance."""


@dataclass(kw_only=True)
class Run(Progress[Upscaler]):
    """One training of the upscaler and of its critic."""

    pairs: Pairs
    heard: float
    critic: nn.Module
    critic_optimizer: torch.optim.Optimizer

    @classmethod
    def begin(cls, pairs: Pairs, path: Path, heard: float) -> "Run":
        """`heard` is the critic's weight beside the errors."""
        upscaler, critic = Upscaler(), new_critic()
        return cls(
            model=upscaler, optimizer=torch.optim.Adam(upscaler.parameters(), lr=_RATE, betas=(0.5, 0.99)),
            average=Average(upscaler, _DECAY), path=path, pairs=pairs, heard=heard, critic=critic,
            critic_optimizer=torch.optim.Adam(critic.parameters(), lr=_CRITIC_RATE, betas=(0.5, 0.99)),
        )  # fmt: skip

    def parts(self) -> dict[str, Any]:
        critic = {"critic": self.critic.state_dict(), "critic_optimizer": self.critic_optimizer.state_dict()}
        return super().parts() | critic

    def restore(self, state: dict[str, Any]) -> float:
        self.critic.load_state_dict(state["critic"])
        self.critic_optimizer.load_state_dict(state["critic_optimizer"])
        return super().restore(state)


def train_upscaler(
    pairs: Pairs, out: Path, minutes: float, seed: int, *, heard: float = 0.0, resume: bool = False
) -> Run:
    """Train until the budget is spent; `out/upscaler.pt` goes on.

    `heard`: the critic's weight beside absolute errors. It sharpens, and where the painter is vague it invents: at 0.02
    and 14 minutes rows of bright dots, in skies as well.
    """
    torch.manual_seed(seed)
    run, spent = Run.begin(pairs, out / "upscaler.pt", heard), 0.0
    if resume and run.path.exists():
        spent = run.restore(load_checkpoint(run.path))
    torch.manual_seed(seed + run.step)
    rng, budget = np.random.default_rng((seed, run.step)), Budget(minutes, spent)
    run.spend(budget, _RATE, lambda: _step(run, rng, budget.share), lambda: judged(run))
    return run


def _step(run: Run, rng: np.random.Generator, share: float) -> float:
    small, large = batch(run.pairs, rng)
    made = run.model(small)
    loss = reconstruction_loss(made, large, sharp=True)
    if not run.heard or share < _CRITIC_FROM:
        return run.descend(loss, steepest=_STEEPEST)
    run.critic.requires_grad_(requires_grad=False)
    fell = run.descend(loss - run.heard * run.critic(made).mean(), steepest=_STEEPEST)
    run.critic.requires_grad_(requires_grad=True)
    set_rate(run.critic_optimizer, _CRITIC_RATE)
    run.critic_optimizer.zero_grad()
    verdict_loss(run.critic, large, made).backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
    run.critic_optimizer.step()
    return fell


def batch(pairs: Pairs, rng: np.random.Generator, size: int = _BATCH) -> tuple[Tensor, Tensor]:
    """Crops of one place, mirrored together half of the time: (B, 3, S, S) small and (B, 3, 4S, 4S) large."""
    small, large = [], []
    for row in rng.integers(min(HELD_BACK, len(pairs) - 1), len(pairs), size):
        top, left = rng.integers(0, SMALL - _CROP + 1, 2)
        turn = rng.choice((1, -1))
        small.append(pairs.small[row, top : top + _CROP, left : left + _CROP][:, ::turn])
        top, left, side = FACTOR * top, FACTOR * left, FACTOR * _CROP
        large.append(pairs.large[row, top : top + side, left : left + side][:, ::turn])
    return to_tensor(np.stack(small)), to_tensor(np.stack(large))


@torch.no_grad()
def judged(run: Run) -> str:
    """On pairs held back: error and detail, beside resampling by arithmetic."""
    upscaler = Upscaler(run.model.width)
    upscaler.load_state_dict(run.average.weights)
    small, large = (np.array(side[: min(HELD_BACK, len(run.pairs))]) for side in (run.pairs.small, run.pairs.large))
    learned = torch.cat([upscaler(to_tensor(one[None])) for one in small]).clamp(-1, 1)
    plain = to_tensor(np.stack([enlarge(one, large.shape[1], seed) for seed, one in enumerate(small)]))
    truth = edges(to_tensor(large))
    return "; ".join(
        f"{name} {peak_signal_to_noise(large, made.permute(0, 2, 3, 1).numpy()):.2f} dB, "
        f"{edges(made) / truth:.2f} of the detail"
        for name, made in (("learned", learned), ("resampled", plain))
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 trained (and written into the painter's folder with --install), 2 no painter."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    torch.set_num_threads(options.threads)
    from ml.imaging.loading import PainterMissing, load_pipeline

    profile = profile_at("embedded", None)
    try:
        painter, _ = load_pipeline(profile, options.painter, "cpu")
    except PainterMissing as error:
        sys.stderr.write(f"{error}\n")
        return 2
    large = render_large(options.out / "pairs", options.count, options.seed)
    small = paint_small(options.out / "pairs", large, painter, options.seed, profile.steps, profile.guidance)
    pairs = Pairs(large, small)
    how = {"heard": options.critic, "resume": options.resume}
    run = train_upscaler(pairs, options.out, options.minutes, options.seed, **how)
    if options.install:
        install(run, options.painter)
    return 0


def install(run: Run, painter: Path) -> None:
    """Put the averaged weights into the painter's folder and seal it anew."""
    trained = json.loads((painter / "manifest.json").read_text("utf-8")).get("trained", {})
    save_upscaler(run.average.weights, painter)
    shelf.seal(painter, trained=trained | {"upscaler": {"steps": run.step}}, **review_of(painter))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.imaging.upscaler.train", description=__doc__)
    parser.add_argument("--painter", type=Path, required=True, help="the exported painter whose pictures are enlarged")
    parser.add_argument("--out", type=Path, required=True, help="where pairs and checkpoint are written")
    parser.add_argument("--count", type=int, default=600, help="how many pairs")
    parser.add_argument("--minutes", type=float, default=20.0, help="the rate anneals over this time")
    parser.add_argument("--critic", type=float, default=0.0, help="weight of the critic beside absolute errors")
    parser.add_argument("--seed", type=int, default=20262)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--install", action="store_true", help="put what was trained into the painter's folder")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
