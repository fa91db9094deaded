"""Train the tiny CLIP on rendered scenes and captions; goes on with --resume, in pieces with --at-most.

Example:
    python -m ml.imaging.clip.train --out var/training/clip --scenes var/training/painter/scenes --minutes 30 --resume
"""

import argparse
import logging
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Generator, Tensor, nn
from torch.nn import functional
from transformers import CLIPModel, CLIPTokenizer

from ml.imaging.clip.evaluate import retrieval
from ml.imaging.clip.model import PAINTER, from_painter, picture_vectors, text_vectors
from ml.imaging.clip.pairs import Pairs, fitting
from ml.imaging.clip.stored import save_clip
from ml.imaging.probe.augment import vary
from ml.imaging.probe.pictures import as_tensor, standard
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
from ml.imaging.training.text import tokens_of
from ml.imaging.training.train_decoder import VALIDATION
from ml.scenes.captions import caption

_BATCH: Final = 96
_RATE: Final = 1e-3
_TEXT_FACTOR: Final = 0.3
"""The text half knows its words already."""
_DECAY: Final = 0.998
_SHARPEST: Final = math.log(50.0)
log = logging.getLogger(__name__)


@dataclass
class Run:
    """One training: the dual encoder, its average, and how far it got."""

    scenes: Scenes
    model: CLIPModel
    tokenizer: CLIPTokenizer
    optimizer: torch.optim.Optimizer
    average: Average
    path: Path
    step: int = 0

    @classmethod
    def begin(cls, scenes: Scenes, painter: Path, path: Path) -> "Run":
        """An untrained picture half beside the painter's text encoder."""
        model, tokenizer = from_painter(painter)
        text = {id(parameter) for parameter in model.text_model.parameters()}
        other = [parameter for parameter in model.parameters() if id(parameter) not in text]
        groups: list[dict[str, Any]] = [
            {"params": other},
            {"params": list(model.text_model.parameters()), "factor": _TEXT_FACTOR},
        ]
        optimizer = torch.optim.AdamW(groups, lr=_RATE, betas=(0.9, 0.98), weight_decay=0.05)
        return cls(scenes, model.train(), tokenizer, optimizer, Average(model, _DECAY), path)

    def restore(self, state: dict[str, Any]) -> float:
        """Go on from a checkpoint; returns the seconds already spent."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average.weights, self.average.steps = state["average"], int(state["step"])
        self.step = int(state["step"])
        return float(state["spent_s"])

    def save(self, spent_s: float) -> None:
        """Write the checkpoint that `restore` reads."""
        parts = {"model": self.model.state_dict(), "average": self.average.weights}
        progress = {"optimizer": self.optimizer.state_dict(), "step": self.step, "spent_s": spent_s}
        save_checkpoint(self.path, parts | progress)

    def averaged(self) -> CLIPModel:
        """The model of the averaged weights, for use."""
        model = CLIPModel(self.model.config)
        model.load_state_dict(self.average.weights)
        return model.eval()

    def pairs(self, rows: np.ndarray[Any, np.dtype[np.int64]], rng: np.random.Generator) -> Pairs:
        """Scenes with a fresh caption each."""
        captions = [caption(self.scenes.spec(int(row)), rng) for row in rows]
        return Pairs(self.scenes.pixels[rows], captions, fitting(np.array(self.scenes.words[rows]), captions))


def train_clip(
    scenes: Scenes, painter: Path, out: Path, minutes: float, seed: int, *,
    at_most: float | None = None, resume: bool = False,
) -> None:  # fmt: skip
    """Train until the budget is spent, or `at_most` minutes of it; `out/clip.pt` goes on, `out/weights` is for use."""
    torch.manual_seed(seed)
    run, spent = Run.begin(scenes, painter, out / "clip.pt"), 0.0
    if resume and run.path.exists():
        spent = run.restore(load_checkpoint(run.path))
    torch.manual_seed(seed + run.step)
    budget = Budget(minutes, spent)
    _loop(run, budget, Budget(minutes if at_most is None else at_most), seed)
    save_clip(run.averaged(), run.tokenizer, out / "weights", steps=run.step, minutes=round(budget.spent_s / 60, 1))


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
            log.info("step %d, %.0f %%: loss %.4f; %s", run.step, 100 * budget.share, running, _judged(run))


def _step(run: Run, rng: np.random.Generator, chance: Generator) -> float:
    """One batch; colours are left alone, since captions name them."""
    rows = np.sort(rng.integers(min(VALIDATION, run.scenes.count - 1), run.scenes.count, _BATCH))
    pairs = run.pairs(rows, rng)
    pictures = standard(vary(as_tensor(pairs.pixels), chance, swapped=0.0).pictures)
    with torch.autocast("cpu", torch.bfloat16):
        shown = picture_vectors(run.model, pictures)
        said = text_vectors(run.model, tokens_of(run.tokenizer, pairs.captions))
    loss = contrast(shown, said, run.model.logit_scale, pairs.fits)
    run.optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
    nn.utils.clip_grad_norm_(run.model.parameters(), 1.0)
    run.optimizer.step()
    run.average.update(run.model)
    return loss.item()


def contrast(shown: Tensor, said: Tensor, log_scale: Tensor, fits: Tensor) -> Tensor:
    """CLIP's symmetric cross-entropy, with the target spread over all captions (pictures) that fit.

    Args:
        shown, said: (B, D) of length 1.
        fits: (B, B), True on the diagonal.
    """
    scores = log_scale.clamp_max(_SHARPEST).exp() * shown @ said.T
    weights = fits.float()
    by_picture = functional.cross_entropy(scores, weights / weights.sum(dim=1, keepdim=True))
    by_caption = functional.cross_entropy(scores.T, weights.T / weights.T.sum(dim=1, keepdim=True))
    return (by_picture + by_caption) / 2


def _judged(run: Run) -> str:
    """Retrieval among the rows that are never trained on."""
    rows = np.arange(min(64, run.scenes.count))
    specs = [run.scenes.spec(int(row)) for row in rows]
    found = retrieval(run.averaged(), run.tokenizer, as_tensor(np.array(run.scenes.pixels[rows])), specs)
    return ", ".join(f"{name} {share.value:.2f}" for name, share in found.items())


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, cap torch's threads, paint scenes if there are none, train."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    torch.set_num_threads(options.threads)
    folder = options.scenes or options.out / "scenes"
    if not (folder / "count").exists():
        paint_scenes(folder, options.count, options.seed)
    pieces = {"at_most": options.at_most, "resume": options.resume}
    train_clip(open_scenes(folder), options.painter, options.out, options.minutes, options.seed, **pieces)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.imaging.clip.train", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="where checkpoint and weights are written")
    parser.add_argument("--scenes", type=Path, help="scenes that the painter's data stage made (default: OUT/scenes)")
    parser.add_argument("--painter", type=Path, default=PAINTER, help="a pipeline whose words and text half it takes")
    parser.add_argument("--count", type=int, default=24_000, help="how many scenes to paint where there are none")
    parser.add_argument("--minutes", type=float, required=True, help="the rate anneals over this time")
    parser.add_argument("--at-most", type=float, help="stop after so many of these minutes; --resume goes on")
    parser.add_argument("--seed", type=int, default=20261)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
