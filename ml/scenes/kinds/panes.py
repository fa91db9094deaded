"""What the weather leaves on a window: drops and runnels, or snow on the sill and frost in the corners."""

import numpy as np

from ml.scenes.canvas import Canvas, mix, rgb
from ml.scenes.light import SNOW, Light
from ml.scenes.noise import dots, fractal, profile, smoothstep
from ml.scenes.spec import SceneSpec

Frame = tuple[float, float, float, float]
"""Left, top, right and bottom of the glass, in picture heights."""


def paint_panes(canvas: Canvas, spec: SceneSpec, light: Light, frame: Frame) -> None:
    """Drops in rain, snow and frost in snow, breath on the lower glass in mist; nothing else."""
    if spec.weather == "rain":
        _paint_drops(canvas, spec, light, frame)
    elif spec.weather == "snow":
        _paint_frost(canvas, spec, light, frame)
    elif spec.weather == "misty":
        left, top, right, bottom = frame
        low = smoothstep(top + 0.25, bottom, canvas.y + 0 * canvas.x)
        canvas.paint(canvas.box(left, top, right, bottom) * low, light.air, 0.4)


def _paint_drops(canvas: Canvas, spec: SceneSpec, light: Light, frame: Frame) -> None:
    """Drops on the glass, each bright below and dark above."""
    rng, glass = spec.rng("drops"), canvas.box(*frame)
    x, y = canvas.x * 13.0 + 0 * canvas.y, canvas.y * 13.0 + 0 * canvas.x
    start = rng.bit_generator.state
    cover, _ = dots(rng, x, y + 0.12, 0.2, 0.5)
    canvas.paint(cover * glass, light.zenith * np.float32(0.55), 0.55)
    rng.bit_generator.state = start
    cover, _ = dots(rng, x, y, 0.17, 0.5)
    canvas.paint(cover * glass, mix(light.horizon, rgb(255, 255, 255), 0.6), 0.8)


def _paint_frost(canvas: Canvas, spec: SceneSpec, light: Light, frame: Frame) -> None:
    """Frost that grows in from the corners, and a soft heap along the sill."""
    left, top, right, bottom = frame
    rng, glass = spec.rng("frost"), canvas.box(*frame)
    snow = SNOW * (0.8 if light.night else 1.0)
    rim_x = np.minimum(canvas.x - left, right - canvas.x)
    rim_y = np.minimum(canvas.y - top, bottom - canvas.y)
    crystals = fractal(rng, canvas.shape, (12.0, 12.0), 4, 0.6)
    canvas.paint(smoothstep(0.2, 0.02, rim_x + rim_y + 0.07 * crystals) * glass, snow, 0.7)
    heap = bottom - 0.055 - 0.02 * profile(rng, canvas.shape, 2.5, 2)
    canvas.paint(canvas.below(heap, 0.006) * glass, snow, 0.96)
