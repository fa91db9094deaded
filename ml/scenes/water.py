"""Still and moving water: what stands above it, upside down, broken by ripples, and the light's path over it."""

import numpy as np

from ml.scenes.canvas import Canvas, mix, rgb
from ml.scenes.land import ground_plane
from ml.scenes.light import Light
from ml.scenes.noise import Array, Floats, cells, fractal, smoothstep
from ml.scenes.spec import SceneSpec

DEEP = rgb(58, 104, 128)


def paint_water(
    canvas: Canvas, spec: SceneSpec, light: Light, shore: float, mask: Array, roughness: float, clear: float = 0.75
) -> None:
    """Fill the mask below the shore's height with the picture above it, reflected.

    Args:
        roughness: how far ripples break the reflection; 0.2 is a mirror, 1 an open sea.
        clear: share of reflection against the water's own colour, in [0, 1].
    """
    rng = spec.rng("ripples")
    depth = np.clip(canvas.y - shore, 0.0, None)
    fine = fractal(rng, canvas.shape, (46.0, 5.0), 3, 0.6)
    broad = fractal(rng, canvas.shape, (16.0, 2.2), 3)
    near = smoothstep(0.0, 0.45, depth + 0 * canvas.x)
    shift = roughness * ((1 - near) * fine * 0.018 + near * broad * 0.075)
    mirrored = _reflected(canvas, shore, depth, shift)
    tint = light.on(DEEP if not light.snowy else mix(DEEP, rgb(150, 176, 190), 0.4))
    water = mix(tint * 0.92, mirrored, (clear * (1 - 0.42 * near))[..., None])
    rippled = water * (1.0 + (roughness * (0.05 * fine * (1 - near) + 0.085 * broad * near))[..., None])
    canvas.paint(mask, np.asarray(rippled, dtype=np.float32))
    if spec.weather == "rain":
        _paint_rings(canvas, spec, light, mask, shore)
    elif spec.weather == "clear":
        _paint_glitter(canvas, light, mask, depth, fine, broad)


def _paint_rings(canvas: Canvas, spec: SceneSpec, light: Light, mask: Array, shore: float) -> None:
    """Where drops fall in: flat rings, smaller with distance."""
    across, away = ground_plane(canvas, shore)
    near = smoothstep(2.6, 0.9, away)
    distance, luck, size = cells(spec.rng("rings"), across * 3.0, np.log(away) * 6.5 + 60, 0.42)
    ring = np.exp(-(((distance - 0.16 - 0.24 * size) / 0.075) ** 2)).astype(np.float32)
    canvas.glow(ring * (luck < 0.75) * near * mask, light.horizon, 0.36)


def _reflected(canvas: Canvas, shore: float, depth: Floats, shift: Floats) -> Array:
    """The picture above the shore, upside down; three samples apart, for the softness of water."""
    height, _ = canvas.shape
    columns = np.arange(canvas.shape[1])[None, :]
    total = np.zeros_like(canvas.pixels)
    for spread in (0.85, 1.0, 1.15):
        source = shore - depth * spread * 0.92 - np.abs(shift)
        rows = np.clip((source * height).astype(int), 0, max(int(shore * height) - 1, 0))
        total += canvas.pixels[rows, columns]
    return total / 3.0


def _paint_glitter(canvas: Canvas, light: Light, mask: Array, depth: Floats, fine: Array, broad: Array) -> None:
    """The sun's or moon's path: narrow far off, broad and broken near by."""
    x = light.sun_x * canvas.aspect
    width = 0.035 + 0.32 * depth
    path = np.exp(-(((canvas.x - x) / width) ** 2)).astype(np.float32)
    sparks = smoothstep(-0.1, 0.75, mix(fine, broad, smoothstep(0.05, 0.5, depth + 0 * canvas.x)))
    fade = smoothstep(0.75, 0.0, depth + 0 * canvas.x)
    canvas.glow(mask * path * sparks * fade, light.sun, 0.45 if light.night else 0.6)
