"""Stage `unet`: flow matching over the linear codes, the text encoder trained along, empty captions for guidance."""

import logging
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTokenizer

from ml.imaging.training.budget import (
    SAVE_EVERY_S, Average, Budget, learning_rate, load_checkpoint, save_checkpoint, set_rate,
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
_DECAY: Final = 0.9985
log = logging.getLogger(__name__)


def new_unet(channels: int = CHANNELS, widths: tuple[int, ...] = WIDTHS, hidden: int = HIDDEN, size: int = 16) -> UNet2DConditionModel:
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

    def __init__(self, text: CLIPTextModel, unet: UNet2DConditionModel, tokenizer: CLIPTokenizer) -> None:
        """Hold both."""
        super().__init__()
        self.text, self.unet, self._tokenizer = text, unet, tokenizer

    def loss(self, codes: Tensor, captions: list[str], noise: Tensor, times: Tensor) -> Tensor:
        """Squared error of the predicted flow (noise minus picture) at times (B,) in (0, 1)."""
        words = self.text(tokens_of(self._tokenizer, captions)).last_hidden_state
        mixed = torch.lerp(codes, noise, times[:, None, None, None])
        flow = self.unet(mixed, times * 1000.0, encoder_hidden_states=words).sample
        return ((flow - (noise - codes)) ** 2).mean()


def train_unet(scenes: Scenes, folder: Path, minutes: float, seed: int, resume: bool) -> None:
    """Train until the budget is spent; `folder/unet.pt` holds weights, averages and the time used."""
    torch.manual_seed(seed)
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    painter = Painter(CLIPTextModel.from_pretrained(folder / "text_encoder"), new_unet(), tokenizer)
    groups = [{"params": painter.unet.parameters()}, {"params": painter.text.parameters(), "factor": _TEXT_FACTOR}]
    optimizer = torch.optim.AdamW(groups, lr=_RATE, betas=(0.9, 0.99), weight_decay=0.01)
    average, path, step, spent = Average(painter, _DECAY), folder / "unet.pt", 0, 0.0
    if resume and path.exists():
        step, spent = _restore(load_checkpoint(path), painter, optimizer, average)
    log.info("UNet %.2f M, text %.2f M parameters", *(_millions(part) for part in (painter.unet, painter.text)))
    codes = Codes(scenes, LinearCode.load(folder / "code.npz"))
    torch.manual_seed(seed + step)
    _loop(painter, optimizer, average, codes, np.random.default_rng((seed, step)), Budget(minutes, spent), step, path)


def _restore(state: dict[str, Any], painter: Painter, optimizer: torch.optim.Optimizer, average: Average) -> tuple[int, float]:
    painter.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    average.weights, average.steps = state["average"], int(state["step"])
    return int(state["step"]), float(state["spent_s"])


def _loop(
    painter: Painter, optimizer: torch.optim.Optimizer, average: Average, codes: Codes, rng: np.random.Generator,
    budget: Budget, step: int, path: Path,
) -> None:  # fmt: skip
    saved, running = budget.spent_s, 0.0
    while budget.share < 1.0:
        set_rate(optimizer, learning_rate(_RATE, step, budget.share))
        clean, captions = codes.batch(rng, _BATCH)
        loss = painter.loss(clean, captions, torch.randn_like(clean), torch.sigmoid(torch.randn(len(clean))))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(painter.parameters(), 1.0)
        optimizer.step()
        average.update(painter)
        step, running = step + 1, loss.item() if step == 0 else 0.98 * running + 0.02 * loss.item()
        if budget.spent_s - saved > SAVE_EVERY_S or budget.share >= 1.0:
            saved = budget.spent_s
            save_checkpoint(path, {
                "model": painter.state_dict(), "average": average.weights, "optimizer": optimizer.state_dict(),
                "step": step, "spent_s": budget.spent_s,
            })  # fmt: skip
            log.info("step %d, %.0f %%, %d scenes: loss %.4f, held back %.4f", step, 100 * budget.share, codes.count,
                     running, judge(painter, average, codes))  # fmt: skip
            codes.grow()


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
