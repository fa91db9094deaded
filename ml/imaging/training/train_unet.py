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

from ml.imaging.training.budget import Average, Budget, load_checkpoint, part_of
from ml.imaging.training.dataset import Scenes
from ml.imaging.training.linear_code import LinearCode
from ml.imaging.training.progress import Progress
from ml.imaging.training.text import HIDDEN, tokens_of
from ml.imaging.training.train_decoder import CHANNELS, VALIDATION
from ml.imaging.training.widen import widened
from ml.scenes.captions import ATTRIBUTES, caption
from ml.scenes.spec import SceneSpec
from ml.scenes.wording import say

WIDTHS: Final = (64, 96, 128)
_BATCH: Final = 24
_RATE: Final = 1.2e-3
_TEXT_FACTOR: Final = 0.3
_EMPTY: Final = 0.1
_WHOLE: Final = 0.5
"""Share of captions that leave nothing out, in the words in which sessions ask; the others teach it the rest."""
_DECAY: Final = 0.998
_STEEPEST: Final = 1.0
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
        """(B, C, 16, 16) codes of training rows and a fresh caption of each, one in ten empty, half of them whole."""
        rows = rng.integers(VALIDATION, self.count, size)
        mirrored = rng.integers(0, 2, size)
        captions = [caption_of(self._scenes.spec(row), rng) for row in rows]
        return torch.from_numpy(self._codes[mirrored, rows].astype(np.float32)), captions

    def validation(self) -> tuple[Tensor, list[str]]:
        """The first rows, never trained on, with fixed captions."""
        rng = np.random.default_rng(0)
        captions = [caption(self._scenes.spec(row), rng) for row in range(VALIDATION)]
        return torch.from_numpy(self._codes[0, :VALIDATION].astype(np.float32)), captions


def caption_of(spec: SceneSpec, rng: np.random.Generator) -> str:
    """What a training picture is said to be this time: nothing, everything in plain words, or one of many ways."""
    chance = rng.uniform()
    if chance < _EMPTY:
        return ""
    if chance < _EMPTY + _WHOLE:
        return say(dict(zip(ATTRIBUTES, spec.words(), strict=True)))
    return caption(spec, rng)


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


@dataclass(kw_only=True)
class Run(Progress[Painter]):
    """One training of UNet and text encoder, on codes of scenes."""

    codes: Codes

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
        average = Average(painter, _DECAY)
        return cls(model=painter, optimizer=optimizer, average=average, path=folder / "unet.pt", codes=codes)

    def begin_from(self, state: dict[str, Any]) -> None:
        """Take over another run's averages, of a narrower UNet too, and nothing of how it was getting on."""
        self.model.text.load_state_dict(part_of(state["average"], "text."))
        self.model.unet.load_state_dict(widened(part_of(state["average"], "unet."), self.model.unet))
        self.average = Average(self.model, _DECAY)


def train_unet(
    scenes: Scenes, folder: Path, minutes: float, seed: int, *, resume: bool, start: Path | None = None
) -> None:
    """Train until the budget is spent; `folder/unet.pt` holds weights, averages and the time used.

    `start`: another run's unet.pt, of these widths or narrower, whose averages a new run begins from; what is
    resumed has begun already.
    """
    torch.manual_seed(seed)
    run, spent = Run.begin(scenes, folder), 0.0
    if resume and run.path.exists():
        spent = run.restore(load_checkpoint(run.path))
    elif start is not None:
        run.begin_from(load_checkpoint(start))
    torch.manual_seed(seed + run.step)
    rng = np.random.default_rng((seed, run.step))
    run.spend(Budget(minutes, spent), _RATE, lambda: _step(run, rng), lambda: _judged(run))


def _judged(run: Run) -> str:
    """How the average does on scenes held back; scenes that were painted meanwhile are taken in as well."""
    held_back = judge(run.model, run.average, run.codes)
    run.codes.grow()
    return f"held back {held_back:.4f}"


def _step(run: Run, rng: np.random.Generator) -> float:
    """One batch; times are drawn around the middle, where composition is decided."""
    clean, captions = run.codes.batch(rng, _BATCH)
    times = torch.sigmoid(torch.randn(len(clean)))
    times = _SHIFT * times / (1.0 + (_SHIFT - 1.0) * times)
    return run.descend(run.model.loss(clean, captions, torch.randn_like(clean), times), steepest=_STEEPEST)


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
