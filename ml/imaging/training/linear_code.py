"""The linear code of 8x8 patches: what the autoencoder's encoder computes, by construction.

Principal components of the training scenes' patches are the best linear code there is, and need seconds instead of the
hours that an encoder learned from scratch takes on a CPU. Components are scaled by their deviation to the power
`1 - SOFTENING`, so that the coarse ones dominate what the UNet learns and the fine ones are not lost in noise.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

PATCH: Final = 8
SOFTENING: Final = 0.5


@dataclass(frozen=True)
class LinearCode:
    """An orthonormal basis of patches, and the scale of each coefficient.

    Attributes:
        basis: (channels, PATCH, PATCH, 3); rows orthonormal when flattened.
        mean: (3,) colour subtracted first, in [-1, 1] units.
        scale: (channels,) divides each coefficient.
    """

    basis: Array
    mean: Array
    scale: Array

    def encode(self, pixels: npt.NDArray[np.uint8]) -> Array:
        """(B, H, W, 3) bytes to (B, channels, H/8, W/8) codes."""
        patches = cut(pixels) - self.mean
        codes = np.einsum("bhwpqc,kpqc->bkhw", patches, self.basis, optimize=True)
        return np.asarray(codes / self.scale[None, :, None, None], dtype=np.float32)

    def decode(self, codes: Array) -> Array:
        """(B, channels, h, w) codes to (B, 8h, 8w, 3) pixels in about [-1, 1]: the linear reconstruction."""
        patches = np.einsum("bkhw,kpqc->bhpwqc", codes * self.scale[None, :, None, None], self.basis, optimize=True)
        batch, rows, _, columns, _, _ = patches.shape
        return np.asarray(patches.reshape(batch, rows * PATCH, columns * PATCH, 3) + self.mean, dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write an .npz file."""
        np.savez(path, basis=self.basis, mean=self.mean, scale=self.scale)

    @classmethod
    def load(cls, path: Path) -> "LinearCode":
        """Read what `save` wrote."""
        with np.load(path) as stored:
            return cls(stored["basis"], stored["mean"], stored["scale"])


def cut(pixels: npt.NDArray[np.uint8]) -> Array:
    """(B, H, W, 3) bytes to (B, H/8, W/8, 8, 8, 3) patches in [-1, 1]."""
    batch, height, width, _ = pixels.shape
    grid = pixels.reshape(batch, height // PATCH, PATCH, width // PATCH, PATCH, 3).transpose(0, 1, 3, 2, 4, 5)
    return cast(Array, grid.astype(np.float32) / 127.5 - 1.0)


def fit(pixels: npt.NDArray[np.uint8], channels: int) -> LinearCode:
    """Principal components of (B, H, W, 3) bytes; deterministic up to nothing (signs are fixed)."""
    patches = cut(pixels)
    mean = patches.mean(axis=(0, 1, 2, 3, 4))
    flat = (patches - mean).reshape(-1, PATCH * PATCH * 3).astype(np.float64)
    power, directions = np.linalg.eigh(flat.T @ flat / len(flat))
    order = np.argsort(power)[::-1][:channels]
    basis = directions[:, order].T
    basis *= np.sign(basis.sum(axis=1) + 1e-9)[:, None]
    deviation = np.sqrt(power[order])
    scale = deviation**SOFTENING
    scale *= np.sqrt(np.mean((deviation / scale) ** 2))
    basis = basis.reshape(channels, PATCH, PATCH, 3).astype(np.float32)
    return LinearCode(basis, mean.astype(np.float32), scale.astype(np.float32))


def peak_signal_to_noise(truth: npt.NDArray[np.uint8], picture: Array) -> float:
    """PSNR in dB of pictures in [-1, 1] against bytes, over all pixels at once."""
    error = np.mean((np.clip(picture, -1.0, 1.0) - (truth.astype(np.float32) / 127.5 - 1.0)) ** 2)
    return float(10.0 * np.log10(4.0 / max(float(error), 1e-12)))
