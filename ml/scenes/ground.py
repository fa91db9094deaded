"""What light and rain leave on the ground: shadows, and puddles that hold the sky."""

import numpy as np

from ml.scenes.canvas import Canvas, mix, rgb
from ml.scenes.land import ground_plane
from ml.scenes.light import Light
from ml.scenes.noise import Array, fractal, smoothstep
from ml.scenes.spec import SceneSpec


def paint_shadow(canvas: Canvas, light: Light, x: float, base: float, height: float) -> None:
    """A tree's shadow: long and away from a low sun, short at noon; a soft patch at its foot without one."""
    shade = light.on(rgb(40, 52, 66), 0.05)
    canvas.paint(_lying(canvas, x, base + 0.004, height * 0.2, height * 0.035), shade, 0.34)
    if light.shadow == 0.0:
        return
    away = 1.0 if x > light.sun_x * canvas.aspect else -1.0
    reach = light.shadow * height * 0.5
    canvas.paint(_lying(canvas, x + away * reach, base + 0.014, reach, height * 0.05), shade, 0.42)
    crown = x + away * reach * 1.5
    canvas.paint(_lying(canvas, crown, base + 0.018, height * (0.26 + 0.12 * light.shadow), height * 0.085), shade, 0.4)


def _lying(canvas: Canvas, x: float, y: float, half: float, thick: float) -> Array:
    """A flat ellipse, soft at its rim."""
    thick = max(thick, 1.5 * canvas.pixel)
    distance = np.sqrt(((canvas.x - x) / half) ** 2 + ((canvas.y - y) / thick) ** 2)
    return smoothstep(1.0, 0.55, np.asarray(distance, dtype=np.float32))


def paint_puddles(
    canvas: Canvas, spec: SceneSpec, light: Light, horizon: float, mask: Array, amount: float = 0.0
) -> None:
    """In rain, puddles on the ground within a mask: the picture above the horizon upside down, and a pale rim.

    Args:
        amount: from -1, hardly any, to 1, where all of the mask is wet.
    """
    if spec.weather != "rain":
        return
    rng = spec.rng("puddles")
    wide = fractal(rng, canvas.shape, (11.0, 2.6), 3)
    near = smoothstep(0.05, 0.3, canvas.y - horizon + 0 * canvas.x)
    wet = smoothstep(0.12, 0.24, wide + 0.55 * amount) * near * mask
    rows = np.clip(((2 * horizon - canvas.y[:, 0]) * canvas.shape[0]).astype(int), 0, canvas.shape[0] - 1)
    mirrored = mix(canvas.pixels[rows], light.horizon, 0.3)
    canvas.paint(wet, mirrored, 0.7)
    across, away = ground_plane(canvas, horizon)
    canvas.paint(wet * smoothstep(0.2, 0.0, np.abs(np.sin(across * 3 + 9 * away))), light.horizon, 0.12)
