"""Pairs to learn from: a scene at full size, and the same scene as the small painter would have painted it.

A scene is made small, taken part of the way back to noise and painted from there by the painter itself (SDEdit, Meng et
al., 2021): composition stays, and what the painter gets wrong about edges and detail is in the small picture.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import torch
from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionPipeline

from ml.imaging.training.dataset import training_spec
from ml.imaging.upscaler.network import FACTOR
from ml.scenes.captions import ATTRIBUTES
from ml.scenes.render import render
from ml.scenes.wording import say

SMALL: Final = 128
HELD_BACK: Final = 24
"""The first pairs are never learned from."""
_STRENGTHS: Final = (0.25, 0.9)
"""How far back to noise: up to where composition begins to change, so that the pair still shows one place."""
_TOGETHER: Final = 12
_LOG = logging.getLogger(__name__)

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Pairs:
    """`large` (N, 512, 512, 3) and `small` (N, 128, 128, 3) bytes, on disk."""

    large: Pixels
    small: Pixels

    def __len__(self) -> int:
        return len(self.small)


def render_large(folder: Path, count: int, seed: int) -> Pixels:
    """(count, 512, 512, 3) scenes, drawn as the painter's own training scenes are, by another seed; goes on where it
    was stopped. Combinations that are held out of training are left out here too."""
    opened, done = _opened(folder, "large", count, SMALL * FACTOR)
    large: Pixels = opened
    for row in range(done.value, count):
        large[row] = render(training_spec(seed, row), SMALL * FACTOR, SMALL * FACTOR)
        done.value = row + 1
    return large


def paint_small(
    folder: Path, large: Pixels, painter: StableDiffusionPipeline, seed: int, steps: int, guidance: float
) -> Pixels:
    """(N, 128, 128, 3): each scene once as the painter paints it; goes on where it was stopped."""
    opened, done = _opened(folder, "small", len(large), SMALL)
    small: Pixels = opened
    again = StableDiffusionImg2ImgPipeline(**painter.components, requires_safety_checker=False)
    again.set_progress_bar_config(disable=True)
    for first in range(done.value, len(large), _TOGETHER):
        rows = range(first, min(first + _TOGETHER, len(large)))
        specs = [training_spec(seed, row) for row in rows]
        captions = [say(dict(zip(ATTRIBUTES, spec.words(), strict=True))) for spec in specs]
        strength = float(np.random.default_rng((seed, first)).uniform(*_STRENGTHS))
        pixels = shrunk(large[rows.start : rows.stop])
        small[rows.start : rows.stop] = repaint(again, pixels, captions, strength, seed + first, steps, guidance)
        done.value = rows.stop
        _LOG.info("%d of %d pairs", rows.stop, len(large))
    return small


@torch.inference_mode()
def repaint(
    painter: StableDiffusionImg2ImgPipeline, pixels: Pixels, captions: list[str], strength: float, seed: int,
    steps: int, guidance: float,
) -> Pixels:  # fmt: skip
    """(B, 128, 128, 3) as the painter makes them from so much noise; `strength` in (0, 1], 1 being noise alone."""
    chance = [torch.Generator().manual_seed(seed + place) for place in range(len(pixels))]
    images = torch.from_numpy(pixels.astype(np.float32) / 255).permute(0, 3, 1, 2)
    painted = painter(
        captions, image=images, strength=strength, num_inference_steps=steps, guidance_scale=guidance,
        generator=chance, output_type="np",
    ).images  # fmt: skip
    repainted: Pixels = np.clip(np.rint(np.asarray(painted) * 255), 0, 255).astype(np.uint8)
    return repainted


def shrunk(pixels: Pixels) -> Pixels:
    """(B, 4S, 4S, 3) → (B, S, S, 3), each pixel the mean of sixteen."""
    sides = (pixels.shape[2] // FACTOR, pixels.shape[1] // FACTOR)
    return np.stack([cv2.resize(one, sides, interpolation=cv2.INTER_AREA) for one in pixels]).astype(np.uint8)


class _Done:
    """How many rows are whole, in a file of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def value(self) -> int:
        return int(self._path.read_text()) if self._path.exists() else 0

    @value.setter
    def value(self, rows: int) -> None:
        fresh = self._path.with_suffix(".new")  # a kill in between leaves the number before whole
        fresh.write_text(str(rows))
        fresh.rename(self._path)


def _opened(folder: Path, name: str, count: int, side: int) -> tuple[Any, _Done]:
    folder.mkdir(parents=True, exist_ok=True)
    path, shape = folder / f"{name}.npy", (count, side, side, 3)
    done = _Done(folder / f"{name}.count")
    if path.exists() and np.load(path, mmap_mode="r").shape == shape:
        return np.load(path, mmap_mode="r+"), done
    done.value = 0
    return np.lib.format.open_memmap(path, "w+", np.uint8, shape), done
