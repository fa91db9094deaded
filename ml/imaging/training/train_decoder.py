"""Stage `vae`: the encoder is the linear code; its decoder is fitted straight first, then learns the rest.

Judged against the linear reconstruction from the same code: a decoder below that is not worth a UNet's time.
"""

import logging
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import Tensor, nn

from ml.imaging.training.autoencoder import install_encoder, new_autoencoder
from ml.imaging.training.budget import (
    SAVE_EVERY_S, Average, Budget, learning_rate, load_checkpoint, save_checkpoint, set_rate,
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
_BLUR_NOISE: Final = 0.12
log = logging.getLogger(__name__)


def fit_code(scenes: Scenes, path: Path) -> LinearCode:
    """The linear code of the first thousand scenes, made once."""
    if not path.exists():
        fit(np.array(scenes.pixels[VALIDATION : min(scenes.count, 1000 + VALIDATION)]), CHANNELS).save(path)
    return LinearCode.load(path)


def train_decoder(scenes: Scenes, folder: Path, minutes: float, seed: int, resume: bool) -> None:
    """Train until the budget is spent; `folder/vae.pt` holds weights, averages and the time used."""
    code = fit_code(scenes, folder / "code.npz")
    torch.manual_seed(seed)
    vae = new_autoencoder(CHANNELS)
    install_encoder(vae, code)
    vae.encoder.requires_grad_(False)
    optimizer = torch.optim.Adam(vae.decoder.parameters(), lr=_RATE, betas=(0.9, 0.99))
    path, rng = folder / "vae.pt", np.random.default_rng(seed)
    step, spent = 0, 0.0
    if resume and path.exists():
        step, spent = _restore(load_checkpoint(path), vae, optimizer)
        rng = np.random.default_rng((seed, step))
    else:
        _fit_straight(vae, scenes, code, rng)
    average = Average(vae.decoder, 0.998)
    if step:
        average.weights, average.steps = load_checkpoint(path)["average"], step
    _loop(vae, optimizer, average, scenes, code, rng, Budget(minutes, spent), step, path)


def _restore(state: dict[str, Any], vae: AutoencoderKL, optimizer: torch.optim.Optimizer) -> tuple[int, float]:
    vae.decoder.load_state_dict(state["decoder"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"]), float(state["spent_s"])


def _fit_straight(vae: AutoencoderKL, scenes: Scenes, code: LinearCode, rng: np.random.Generator) -> None:
    """The linear part alone, then installed as the decoder's start."""
    to_rgb = nn.Conv2d(vae.decoder.up_blocks[3].resnets[0].in_channels, 3, 1)
    optimizer = torch.optim.Adam(straight_parameters(vae, to_rgb), lr=3e-3, betas=(0.9, 0.99))
    for step in range(_STRAIGHT_STEPS):
        set_rate(optimizer, learning_rate(3e-3, step, step / _STRAIGHT_STEPS))
        pixels, codes = batch(scenes, code, rng)
        loss = ((straight(vae, to_rgb, codes) - pixels) ** 2).mean()
        _descend(optimizer, loss)
        if step % 50 == 0:
            log.info("straight %d: %.2f dB", step, 10 * np.log10(4 / loss.item()))
    install_straight(vae, to_rgb)


def _loop(
    vae: AutoencoderKL, optimizer: torch.optim.Optimizer, average: Average, scenes: Scenes, code: LinearCode,
    rng: np.random.Generator, budget: Budget, step: int, path: Path,
) -> None:  # fmt: skip
    saved = budget.spent_s
    while budget.share < 1.0:
        set_rate(optimizer, learning_rate(_RATE, step, budget.share))
        pixels, codes = batch(scenes, code, rng)
        noisy = codes + torch.randn_like(codes) * _BLUR_NOISE * torch.rand(len(codes), 1, 1, 1)
        loss = reconstruction_loss(vae.decode(noisy).sample, pixels, sharp=budget.share > _SHARP_FROM)
        _descend(optimizer, loss)
        average.update(vae.decoder)
        step += 1
        if budget.spent_s - saved > SAVE_EVERY_S or budget.share >= 1.0:
            saved = budget.spent_s
            save_checkpoint(path, {
                "decoder": vae.decoder.state_dict(), "average": average.weights, "optimizer": optimizer.state_dict(),
                "step": step, "spent_s": budget.spent_s,
            })  # fmt: skip
            log.info("step %d, %.0f %%: loss %.5f; %s", step, 100 * budget.share, loss.item(), judge(average, scenes, code))


def batch(scenes: Scenes, code: LinearCode, rng: np.random.Generator, size: int = _BATCH) -> tuple[Tensor, Tensor]:
    """Random scenes, half of them mirrored: (B, 3, H, W) pixels in [-1, 1] and their (B, C, h, w) codes."""
    rows = np.sort(rng.integers(VALIDATION, scenes.count, size))
    pixels = scenes.pixels[rows]
    flipped = rng.uniform(size=size) < 0.5
    pixels = np.where(flipped[:, None, None, None], pixels[:, :, ::-1], pixels)
    return to_tensor(pixels), torch.from_numpy(code.encode(pixels))


def to_tensor(pixels: np.ndarray) -> Tensor:
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
    loss.backward()
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
