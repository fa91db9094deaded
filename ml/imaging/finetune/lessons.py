"""What is learned from: pictures as codes and captions as words, encoded once; then VAE and text encoder may go."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from torch import Tensor

from ml.imaging.finetune.pictures import squared
from ml.scenes.wording import read

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Lessons:
    """One part of a data set, encoded.

    Attributes:
        codes: (M, N, C, h, w); M is 2 where mirror images are learned from too, else 1.
        words: (N, T, D), each picture's caption as the UNet reads it.
        silence: (T, D), the empty caption.
    """

    codes: Tensor
    words: Tensor
    silence: Tensor

    def __len__(self) -> int:
        return self.codes.shape[1]

    def batch(self, rng: np.random.Generator, size: int, empty: float) -> tuple[Tensor, Tensor]:
        """(B, C, h, w) codes and (B, T, D) words of random pictures; a share of `empty` without a caption."""
        rows = torch.from_numpy(rng.integers(0, len(self), size))
        mirrored = torch.from_numpy(rng.integers(0, len(self.codes), size))
        silent = torch.from_numpy(rng.uniform(size=size) < empty)
        words = torch.where(silent[:, None, None], self.silence, self.words[rows])
        return self.codes[mirrored, rows], words


@torch.no_grad()
def encode(
    pipeline: StableDiffusionPipeline, files: Sequence[tuple[Path, str]], *, reads: Literal["scenes", "text"],
    mirror: bool, device: str,
) -> Lessons:  # fmt: skip
    """Encode (path, caption) pairs on `device`; the answer lies on the CPU, single precision."""
    side = int(pipeline.unet.config.sample_size) * int(pipeline.vae_scale_factor)
    codes, words = [], []
    for path, caption in files:
        pixels = _tensor(path, side)
        views = (pixels, pixels.flip(2)) if mirror else (pixels,)
        codes.append(torch.stack([_code(pipeline, view, device) for view in views]))
        words.append(_words(pipeline, _asked(caption, reads), device))
    return Lessons(torch.stack(codes, dim=1), torch.stack(words), _words(pipeline, "", device))


def _tensor(path: Path, side: int) -> Tensor:
    """(3, side, side) in [-1, 1]."""
    return torch.from_numpy(squared(path, side).astype(np.float32) / 127.5 - 1.0).permute(2, 0, 1)


def _code(pipeline: StableDiffusionPipeline, pixels: Tensor, device: str) -> Tensor:
    """The mean of the VAE's posterior, scaled as the UNet expects it."""
    mean = pipeline.vae.encode(pixels[None].to(device)).latent_dist.mean[0]
    shift = pipeline.vae.config.get("shift_factor") or 0.0
    code: Tensor = ((mean - shift) * pipeline.vae.config.scaling_factor).float().cpu()
    return code


def _asked(caption: str, reads: Literal["scenes", "text"]) -> str:
    """The caption as the painter would be asked: where it reads scenes alone, in its own words."""
    if reads == "text":
        return caption
    reading = read(caption)
    if reading.unknown:
        log.info("not read of a caption: %s", ", ".join(reading.unknown))
    return reading.text


def _words(pipeline: StableDiffusionPipeline, caption: str, device: str) -> Tensor:
    embeddings: Tensor = pipeline.encode_prompt(caption, device, 1, do_classifier_free_guidance=False)[0]
    return embeddings[0].float().cpu()
