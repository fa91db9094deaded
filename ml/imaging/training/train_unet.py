"""Stage `unet`: flow matching over the linear codes, the text encoder trained along, empty captions for guidance."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from diffusers import UNet2DConditionModel
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTokenizer

from ml.imaging.training.budget import (
    SAVE_EVERY_S,
    Average,
    Budget,
    learning_rate,
    load_checkpoint,
    save_checkpoint,
    set_rate,
)  # fmt: skip
from ml.imaging.training.dataset import Scenes
from ml.imaging.training.linear_code import LinearCode
from ml.imaging.training.text import HIDDEN, tokens_of
from ml.imaging.training.train_decoder import CHANNELS, VALIDATION
from ml.scenes.captions import caption

WIDTHS: Final = (32, 64, 128)
_BATCH: Final = 24
_RATE: Final = 1.2e-3
_TEXT_FACTOR: Final = 0.3
_EMPTY: Final = 0.1
_DECAY: Final = 0.998
_SHIFT: Final = 2.0
"""How far training times lean towards noise: coarse codes are larger than noise, and composition is decided early."""
log = logging.getLogger(__name__)


def new_unet(
    channels: int = CHANNELS, widths: tuple[int, ...] = WIDTHS, hidden: int = HIDDEN, size: int = 16
) -> UNet2DConditionModel:
    """An untrained UNet of the layout that ships: attention to the words at the two coarser levels."""
    return UNet2DConditionModel(
        sample_size=size, in_channels=channels, out_channels=channels, layers_per_block=1, block_out_channels=widths,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=hidden, attention_head_dim=4, norm_num_groups=16,
    )  # fmt: skip


class Codes:
    """The scenes' codes in memory, each also mirrored; grows while the data stage still paints."""

    def __init__(self, scenes: Scenes, code: LinearCode) -> None:
        """Encode what is painted by now."""
        self._scenes, self._code = scenes, code
        capacity = len(scenes.pixels)
        self._codes = np.zeros((2, capacity, len(code.scale), 16, 16), dtype=np.float16)
        self.count = 0
        self.grow()

    def grow(self) -> None:
        """Encode scenes painted since."""
        painted = self._scenes.count
        for first in range(self.count, painted, 256):
            pixels = np.array(self._scenes.pixels[first : min(first + 256, painted)])
            last = first + len(pixels)
            self._codes[0, first:last] = self._code.encode(pixels)
            self._codes[1, first:last] = self._code.encode(pixels[:, :, ::-1])
        self.count = painted

    def batch(self, rng: np.random.Generator, size: int) -> tuple[Tensor, list[str]]:
        """(B, C, 16, 16) codes of training rows and a fresh caption of each, one in ten empty."""
        rows = rng.integers(VALIDATION, self.count, size)
        mirrored = rng.integers(0, 2, size)
        captions = ["" if rng.uniform() < _EMPTY else caption(self._scenes.spec(row), rng) for row in rows]
        return torch.from_numpy(self._codes[mirrored, rows].astype(np.float32)), captions

    def validation(self) -> tuple[Tensor, list[str]]:
        """The first rows, never trained on, with fixed captions."""
        rng = np.random.default_rng(0)
        captions = [caption(self._scenes.spec(row), rng) for row in range(VALIDATION)]
        return torch.from_numpy(self._codes[0, :VALIDATION].astype(np.float32)), captions


class Painter(nn.Module):
    """Text encoder and UNet as one thing to train, average and save."""

    def __init__(
        self, text: CLIPTextModel, unet: UNet2DConditionModel, tokenizer: CLIPTokenizer, scale: npt.NDArray[np.float32]
    ) -> None:
        """Hold both, and the codes' scale: errors count as they will show in pixels."""
        super().__init__()
        self.text, self.unet, self._tokenizer = text, unet, tokenizer
        weight = torch.from_numpy(scale**2)
        self._weight = (weight / weight.mean())[None, :, None, None]

    def loss(self, codes: Tensor, captions: list[str], noise: Tensor, times: Tensor) -> Tensor:
        """Squared error of the predicted flow (noise minus picture) at times (B,) in (0, 1)."""
        words = self.text(tokens_of(self._tokenizer, captions)).last_hidden_state
        mixed = torch.lerp(codes, noise, times[:, None, None, None])
        flow = self.unet(mixed, times * 1000.0, encoder_hidden_states=words).sample
        error: Tensor = self._weight * (flow - (noise - codes)) ** 2
        return error.mean()


@dataclass
class Run:
    """One training of UNet and text encoder, and how far it got."""

    painter: Painter
    optimizer: torch.optim.Optimizer
    average: Average
    codes: Codes
    path: Path
    step: int = 0

    @classmethod
    def begin(cls, scenes: Scenes, folder: Path) -> "Run":
        """A fresh UNet and the warmed-up text encoder."""
        tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
        code = LinearCode.load(folder / "code.npz")
        painter = Painter(CLIPTextModel.from_pretrained(folder / "text_encoder"), new_unet(), tokenizer, code.scale)
        groups = [{"params": painter.unet.parameters()}, {"params": painter.text.parameters(), "factor": _TEXT_FACTOR}]
        optimizer = torch.optim.AdamW(groups, lr=_RATE, betas=(0.9, 0.99), weight_decay=0.01)
        codes = Codes(scenes, code)
        log.info("UNet %.2f M, text %.2f M parameters", *(_millions(part) for part in (painter.unet, painter.text)))
        return cls(painter, optimizer, Average(painter, _DECAY), codes, folder / "unet.pt")

    def restore(self, state: dict[str, Any]) -> float:
        """Go on from a checkpoint; returns the seconds already spent."""
        self.painter.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average.weights, self.average.steps = state["average"], int(state["step"])
        self.step = int(state["step"])
        return float(state["spent_s"])

    def save(self, spent_s: float) -> None:
        """Write the checkpoint that `restore` reads."""
        parts = {"model": self.painter.state_dict(), "average": self.average.weights}
        progress = {"optimizer": self.optimizer.state_dict(), "step": self.step, "spent_s": spent_s}
        save_checkpoint(self.path, parts | progress)


def train_unet(scenes: Scenes, folder: Path, minutes: float, seed: int, *, resume: bool) -> None:
    """Train until the budget is spent; `folder/unet.pt` holds weights, averages and the time used."""
    torch.manual_seed(seed)
    run, spent = Run.begin(scenes, folder), 0.0
    if resume and run.path.exists():
        spent = run.restore(load_checkpoint(run.path))
    torch.manual_seed(seed + run.step)
    _loop(run, Budget(minutes, spent), np.random.default_rng((seed, run.step)))


def _loop(run: Run, budget: Budget, rng: np.random.Generator) -> None:
    saved, running = budget.spent_s, 0.0
    while budget.share < 1.0:
        set_rate(run.optimizer, learning_rate(_RATE, run.step, budget.share))
        loss = _step(run, rng)
        run.step += 1
        running = 0.98 * running + 0.02 * loss if running else loss
        if budget.spent_s - saved > SAVE_EVERY_S or budget.share >= 1.0:
            saved = budget.spent_s
            run.save(saved)
            held_back = judge(run.painter, run.average, run.codes)
            log.info("step %d, %.0f %%: loss %.4f, held back %.4f", run.step, 100 * budget.share, running, held_back)
            run.codes.grow()


def _step(run: Run, rng: np.random.Generator) -> float:
    """One batch; times are drawn around the middle, where composition is decided."""
    clean, captions = run.codes.batch(rng, _BATCH)
    times = torch.sigmoid(torch.randn(len(clean)))
    times = _SHIFT * times / (1.0 + (_SHIFT - 1.0) * times)
    loss = run.painter.loss(clean, captions, torch.randn_like(clean), times)
    run.optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
    torch.nn.utils.clip_grad_norm_(run.painter.parameters(), 1.0)
    run.optimizer.step()
    run.average.update(run.painter)
    return loss.item()


@torch.no_grad()
def judge(painter: Painter, average: Average, codes: Codes) -> float:
    """The averaged weights' loss on the validation rows, with fixed noise and times."""
    own = {name: value.clone() for name, value in painter.state_dict().items()}
    painter.load_state_dict(average.weights)
    clean, captions = codes.validation()
    chance = torch.Generator().manual_seed(1)
    noise = torch.randn(clean.shape, generator=chance)
    loss = painter.loss(clean, captions, noise, torch.linspace(0.02, 0.98, len(clean))).item()
    painter.load_state_dict(own)
    return loss


def _millions(module: nn.Module) -> float:
    return sum(parameter.numel() for parameter in module.parameters()) / 1e6
