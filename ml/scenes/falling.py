"""What falls between the viewer and the view: fine slanting rain, flakes. Painted last, crisp in every style."""

import numpy as np

from ml.scenes.canvas import Canvas, mix, rgb
from ml.scenes.light import Light
from ml.scenes.noise import Array, Floats, dots, smoothstep
from ml.scenes.spec import SceneSpec

_RAIN = ((32.0, 6.0, 0.0034, 0.4, 0.26), (18.0, 4.2, 0.0046, 0.38, 0.42))
"""Far and near: cells a height across and down, half a stroke's width, share of cells that hold one, strength."""
_SNOW = ((18.0, 0.17, 0.4, 0.75), (10.0, 0.145, 0.42, 0.9), (6.0, 0.12, 0.3, 0.95))
"""Far to near: cells a height, radius in cells, share of cells that hold a flake, strength."""


def paint_falling(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """Rain or snow over the finished picture, where the open air is seen."""
    free = canvas.open if canvas.open is not None else np.ones(canvas.shape, dtype=np.float32)
    if spec.weather == "rain":
        _paint_rain(canvas, spec, light, free)
    elif spec.weather == "snow":
        rng = spec.rng("snow")
        for scale, radius, share, strength in _SNOW:
            cover, _ = dots(rng, canvas.x * scale + 0 * canvas.y, canvas.y * scale + 0 * canvas.x, radius, share)
            canvas.paint(cover * free, rgb(252, 253, 255), strength * (0.85 if light.night else 1.0))


def _paint_rain(canvas: Canvas, spec: SceneSpec, light: Light, free: Array) -> None:
    """Two depths of strokes, all with the same wind."""
    rng = spec.rng("rain")
    slant = float(rng.choice([-1, 1])) * float(rng.uniform(0.2, 0.3))
    bright = mix(light.horizon, rgb(255, 255, 255), 0.42 if light.night else 0.72)
    dim = 0.92 if light.night else 1.0
    for across, down, half, share, strength in _RAIN:
        cover = _strokes(rng, canvas, (canvas.x + slant * canvas.y + 1.0) * across, across, down, half, share)
        canvas.paint(cover * free, bright, strength * dim)


def _strokes(
    rng: np.random.Generator, canvas: Canvas, u: Floats, across: float, down: float, half: float, share: float
) -> Array:
    """Tapering strokes, one a cell at most; no thinner than a pixel shows. Coverage in [0, 1]."""
    side = 61
    start, place, luck = rng.uniform(0.0, 1.0, (3, side, side)).astype(np.float32)
    column = np.floor(u).astype(int) % side
    v = canvas.y * down + start[0][column] * 9.0
    row = np.floor(v).astype(int) % side
    along = np.asarray(v - np.floor(v), dtype=np.float32)
    away = np.abs(u - np.floor(u) - 0.25 - 0.5 * place[row, column]) / across
    wide = max(half, 0.75 * canvas.pixel)
    line = smoothstep(wide * 1.5, wide * 0.3, np.asarray(away, np.float32))
    taper = smoothstep(0.02, 0.3, along) * smoothstep(0.95, 0.6, along)
    return np.asarray(line * taper * (luck[row, column] < share), dtype=np.float32)
