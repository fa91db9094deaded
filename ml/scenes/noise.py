"""Smooth randomness: value noise in one and two dimensions, and scattered dots. The same at any picture size."""

import math

import numpy as np
import numpy.typing as npt
from PIL import Image

Array = npt.NDArray[np.float32]
Floats = npt.NDArray[np.floating]
"""What arithmetic on arrays gives by its types; the values are single precision."""

WIDEST = 2.0
"""The widest aspect ratio that noise is made for; narrower pictures see the left part of it."""


def smoothstep(low: float, high: float, value: Floats) -> Array:
    """0 at or below `low`, 1 at or above `high`, an S between; `low` may exceed `high`."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), dtype=np.float32)


def value_noise(rng: np.random.Generator, shape: tuple[int, int], cells: tuple[float, float]) -> Array:
    """One octave, about uniform in [-1, 1]. `cells` are cells a picture height, down and across."""
    height, width = shape
    rows, columns = cells
    aspect = width / height
    grid = rng.uniform(-1.0, 1.0, (math.ceil(rows) + 3, math.ceil(columns * WIDEST) + 3)).astype(np.float32)
    box = (1.0, 1.0, 1.0 + columns * aspect, 1.0 + rows)
    return np.asarray(Image.fromarray(grid).resize((width, height), Image.Resampling.BICUBIC, box=box))


def fractal(
    rng: np.random.Generator, shape: tuple[int, int], cells: tuple[float, float], octaves: int = 4, gain: float = 0.5
) -> Array:
    """Summed octaves, each twice as fine and `gain` as strong; mostly within [-1, 1]. Shape (height, width)."""
    total = np.zeros(shape, dtype=np.float32)
    strength, norm = 1.0, 0.0
    for octave in range(octaves):
        scale = 2.0**octave
        total += strength * value_noise(rng, shape, (cells[0] * scale, cells[1] * scale))
        norm += strength
        strength *= gain
    return np.asarray(total * (1.4 / norm), dtype=np.float32)


def profile(
    rng: np.random.Generator, shape: tuple[int, int], cells: float, octaves: int = 4, gain: float = 0.5
) -> Array:
    """A rolling line along x, mostly within [-1, 1]. Shape (width,). Sampled at picture height resolution."""
    height, width = shape
    total = np.zeros(width, dtype=np.float32)
    strength, norm = 1.0, 0.0
    x = np.arange(width, dtype=np.float32) / height
    for octave in range(octaves):
        scale = cells * 2.0**octave
        total += strength * _along(rng.uniform(-1.0, 1.0, math.ceil(scale * WIDEST) + 4), x * scale)
        norm += strength
        strength *= gain
    return np.asarray(total * (1.4 / norm), dtype=np.float32)


def _along(knots: npt.NDArray[np.float64], at: Floats) -> Array:
    """Smooth interpolation between random knots, which stand one apart."""
    index = np.floor(at).astype(int)
    t = at - index
    t = t * t * t * (t * (t * 6 - 15) + 10)
    return np.asarray(knots[index] * (1 - t) + knots[index + 1] * t, dtype=np.float32)


def dots(rng: np.random.Generator, u: Floats, v: Floats, radius: float, share: float = 1.0) -> tuple[Array, Array]:
    """Soft round dots, one a unit cell of the plane (u, v), in a `share` of the cells.

    Returns:
        Coverage in [0, 1], and a random number in [0, 1] that is constant within a dot (for its colour).
    """
    distance, luck, hue = cells(rng, u, v, radius)
    return smoothstep(radius, radius * 0.45, distance) * (luck < share), hue


def cells(rng: np.random.Generator, u: Floats, v: Floats, margin: float) -> tuple[Array, Array, Array]:
    """One random point in each unit cell of the plane (u, v), no nearer to the cell's edge than the margin.

    Returns:
        How far a place lies from its cell's point, and two random numbers in [0, 1], constant within a cell.
    """
    side = 61
    jitter_x, jitter_y, luck, hue = rng.uniform(0.0, 1.0, (4, side, side)).astype(np.float32)
    column, row = np.floor(u), np.floor(v)
    at = (row.astype(int) % side, column.astype(int) % side)
    inner = min(margin, 0.5)
    dx = u - column - (inner + (1 - 2 * inner) * jitter_x[at])
    dy = v - row - (inner + (1 - 2 * inner) * jitter_y[at])
    return np.sqrt(dx * dx + dy * dy).astype(np.float32), luck[at], hue[at]


def shifted_down(field: Array, rows: int) -> Array:
    """The field moved down by whole rows; its first row fills the gap."""
    return np.concatenate([np.repeat(field[:1], rows, axis=0), field[:-rows]])
