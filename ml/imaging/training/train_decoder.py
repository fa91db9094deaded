"""Stage `vae`: the encoder is the linear code; its decoder is fitted straight first, then learns the rest.

Judged against the linear reconstruction from the same code: a decoder below that is not worth a UNet's time.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from diffusers import AutoencoderKL
from torch import Tensor, nn

from ml.imaging.training.autoencoder import install_encoder, new_autoencoder
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
from ml.imaging.training.linear_code import LinearCode, fit, peak_signal_to_noise
from ml.imaging.training.linear_decoder import install_straight, straight, straight_parameters

CHANNELS: Final = 12
VALIDATION: Final = 64
"""The first rows are never trained on."""
_BATCH: Final = 4
_RATE: Final = 1e-3
_STRAIGHT_STEPS: Final = 500
_SHARP_FROM: Final = 0.35
"""Share of the budget after which sharpness counts too."""
_CODE_NOISE: Final = 0.12
"""Most noise added to codes, in their own units: a UNet's codes are never quite right."""
_DECAY: Final = 0.998
log = logging.getLogger(__name__)


def fit_code(scenes: Scenes, path: Path) -> LinearCode:
    """The linear code of the first thousand scenes, made once."""
    if not path.exists():
        fit(np.array(scenes.pixels[VALIDATION : min(scenes.count, 1000 + VALIDATION)]), CHANNELS).save(path)
    return LinearCode.load(path)


def train_decoder(scenes: Scenes, folder: Path, minutes: float, seed: int, *, resume: bool) -> None:
    """Train until the budget is spent; `folder/vae.pt` holds weights, averages and the time used."""
    torch.manual_seed(seed)
    run = Run.begin(scenes, fit_code(scenes, folder / "code.npz"), folder / "vae.pt", seed)
    spent = 0.0
    if resume and run.path.exists():
        spent = run.restore(load_checkpoint(run.path), seed)
    else:
        _fit_straight(run)
        run.average = Average(run.vae.decoder, _DECAY)
    _loop(run, Budget(minutes, spent))


@dataclass
class Run:
    """One training of the decoder: what is trained, on what, and how far it got."""

    scenes: Scenes
    code: LinearCode
    vae: AutoencoderKL
    optimizer: torch.optim.Optimizer
    average: Average
    path: Path
    rng: np.random.Generator
    step: int = 0

    @classmethod
    def begin(cls, scenes: Scenes, code: LinearCode, path: Path, seed: int) -> "Run":
        """An untrained decoder behind the finished encoder."""
        vae = new_autoencoder(CHANNELS)
        install_encoder(vae, code)
        vae.encoder.requires_grad_(requires_grad=False)
        optimizer = torch.optim.Adam(vae.decoder.parameters(), lr=_RATE, betas=(0.9, 0.99))
        return cls(scenes, code, vae, optimizer, Average(vae.decoder, _DECAY), path, np.random.default_rng(seed))

    def restore(self, state: dict[str, Any], seed: int) -> float:
        """Go on from a checkpoint; returns the seconds already spent."""
        self.vae.decoder.load_state_dict(state["decoder"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = int(state["step"])
        self.average.weights, self.average.steps = state["average"], self.step
        self.rng = np.random.default_rng((seed, self.step))
        return float(state["spent_s"])

    def save(self, spent_s: float) -> None:
        """Write the checkpoint that `restore` reads."""
        parts = {"decoder": self.vae.decoder.state_dict(), "average": self.average.weights}
        progress = {"optimizer": self.optimizer.state_dict(), "step": self.step, "spent_s": spent_s}
        save_checkpoint(self.path, parts | progress)


def _fit_straight(run: Run) -> None:
    """The linear part alone, then installed as the decoder's start."""
    to_rgb = nn.Conv2d(run.vae.decoder.up_blocks[3].resnets[0].in_channels, 3, 1)
    optimizer = torch.optim.Adam(straight_parameters(run.vae, to_rgb), lr=3e-3, betas=(0.9, 0.99))
    for step in range(_STRAIGHT_STEPS):
        set_rate(optimizer, learning_rate(3e-3, step, step / _STRAIGHT_STEPS))
        pixels, codes = batch(run.scenes, run.code, run.rng)
        loss = ((straight(run.vae, to_rgb, codes) - pixels) ** 2).mean()
        _descend(optimizer, loss)
        if step % 50 == 0:
            log.info("straight %d: %.2f dB", step, 10 * np.log10(4 / loss.item()))
    install_straight(run.vae, to_rgb)


def _loop(run: Run, budget: Budget) -> None:
    saved = budget.spent_s
    while budget.allows(run.step):
        set_rate(run.optimizer, learning_rate(_RATE, run.step, budget.share))
        pixels, codes = batch(run.scenes, run.code, run.rng)
        noisy = codes + torch.randn_like(codes) * _CODE_NOISE * torch.rand(len(codes), 1, 1, 1)
        loss = reconstruction_loss(run.vae.decode(noisy).sample, pixels, sharp=budget.share > _SHARP_FROM)
        _descend(run.optimizer, loss)
        run.average.update(run.vae.decoder)
        run.step += 1
        if budget.spent_s - saved > SAVE_EVERY_S or budget.share >= 1.0:
            saved = budget.spent_s
            run.save(saved)
            verdict = judge(run.average, run.scenes, run.code)
            log.info("step %d, %.0f %%: loss %.5f; %s", run.step, 100 * budget.share, loss.item(), verdict)


def batch(scenes: Scenes, code: LinearCode, rng: np.random.Generator, size: int = _BATCH) -> tuple[Tensor, Tensor]:
    """Random scenes, half of them mirrored: (B, 3, H, W) pixels in [-1, 1] and their (B, C, h, w) codes."""
    rows = np.sort(rng.integers(VALIDATION, scenes.count, size))
    pixels = scenes.pixels[rows]
    flipped = rng.uniform(size=size) < 0.5
    pixels = np.where(flipped[:, None, None, None], pixels[:, :, ::-1], pixels)
    return to_tensor(pixels), torch.from_numpy(code.encode(pixels))


def to_tensor(pixels: npt.NDArray[np.uint8]) -> Tensor:
    """(B, H, W, 3) bytes to (B, 3, H, W) in [-1, 1]."""
    return torch.from_numpy(pixels.astype(np.float32) / 127.5 - 1.0).permute(0, 3, 1, 2)


def reconstruction_loss(answer: Tensor, truth: Tensor, *, sharp: bool) -> Tensor:
    """Squared error at first; later absolute error of the pixels and of their differences, which keeps edges."""
    if not sharp:
        return ((answer - truth) ** 2).mean()
    across = (answer.diff(dim=3) - truth.diff(dim=3)).abs().mean()
    down = (answer.diff(dim=2) - truth.diff(dim=2)).abs().mean()
    return (answer - truth).abs().mean() + across + down


def _descend(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
    torch.nn.utils.clip_grad_norm_([p for group in optimizer.param_groups for p in group["params"]], 1.0)
    optimizer.step()


@torch.no_grad()
def judge(average: Average, scenes: Scenes, code: LinearCode) -> str:
    """PSNR on the validation rows: this decoder's, and the linear reconstruction's."""
    vae = new_autoencoder(CHANNELS)
    vae.decoder.load_state_dict(average.weights)
    install_encoder(vae, code)
    pixels = np.array(scenes.pixels[: VALIDATION // 2])
    codes = code.encode(pixels)
    answer = vae.decode(torch.from_numpy(codes)).sample.permute(0, 2, 3, 1).numpy()
    linear = peak_signal_to_noise(pixels, code.decode(codes))
    return f"{peak_signal_to_noise(pixels, answer):.2f} dB, linear {linear:.2f} dB"
