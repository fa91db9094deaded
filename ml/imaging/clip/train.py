"""Train the tiny CLIP on rendered scenes and captions; goes on with --resume, in pieces with --at-most.

Example:
    python -m ml.imaging.clip.train --out var/training/clip --scenes var/training/painter/scenes --minutes 30 --resume
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional
from transformers import CLIPModel, CLIPTokenizer

from ml.imaging.clip.evaluate import retrieval
from ml.imaging.clip.model import PAINTER, from_painter, picture_vectors, text_vectors
from ml.imaging.clip.pairs import Pairs, fitting
from ml.imaging.clip.stored import save_clip
from ml.imaging.probe.augment import vary
from ml.imaging.probe.pictures import as_tensor, standard
from ml.imaging.training.budget import Average, Budget, load_checkpoint
from ml.imaging.training.dataset import Scenes
from ml.imaging.training.pieces import parser_of, scenes_of
from ml.imaging.training.progress import Progress
from ml.imaging.training.text import tokens_of
from ml.imaging.training.train_decoder import VALIDATION
from ml.scenes.captions import caption

_BATCH: Final = 96
_RATE: Final = 1e-3
_TEXT_FACTOR: Final = 0.3
"""The text half knows its words already."""
_DECAY: Final = 0.998
_SHARPEST: Final = math.log(50.0)
_STEEPEST: Final = 1.0


@dataclass(kw_only=True)
class Run(Progress[CLIPModel]):
    """One training of the dual encoder on scenes."""

    scenes: Scenes
    tokenizer: CLIPTokenizer

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
        average = Average(model.train(), _DECAY)
        return cls(model=model, optimizer=optimizer, average=average, path=path, scenes=scenes, tokenizer=tokenizer)

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
    rng, chance = np.random.default_rng((seed, run.step)), Generator().manual_seed(seed + run.step)
    budget, piece = Budget(minutes, spent), None if at_most is None else Budget(at_most)
    run.spend(budget, _RATE, lambda: _step(run, rng, chance), lambda: _judged(run), piece=piece)
    save_clip(run.averaged(), run.tokenizer, out / "weights", steps=run.step, minutes=round(budget.spent_s / 60, 1))


def _step(run: Run, rng: np.random.Generator, chance: Generator) -> float:
    """One batch; colours are left alone, since captions name them."""
    rows = np.sort(rng.integers(min(VALIDATION, run.scenes.count - 1), run.scenes.count, _BATCH))
    pairs = run.pairs(rows, rng)
    pictures = standard(vary(as_tensor(pairs.pixels), chance, swapped=0.0).pictures)
    with torch.autocast("cpu", torch.bfloat16):
        shown = picture_vectors(run.model, pictures)
        said = text_vectors(run.model, tokens_of(run.tokenizer, pairs.captions))
    return run.descend(contrast(shown, said, run.model.logit_scale, pairs.fits), steepest=_STEEPEST)


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
    """Parse, paint scenes if there are none, train."""
    parser = parser_of("ml.imaging.clip.train", __doc__)
    parser.add_argument("--painter", type=Path, default=PAINTER, help="a pipeline whose words and text half it takes")
    options = parser.parse_args(arguments)
    pieces = {"at_most": options.at_most, "resume": options.resume}
    train_clip(scenes_of(options), options.painter, options.out, options.minutes, options.seed, **pieces)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
