"""Hills, ridges, treelines, single trees: what stands between the sky and the viewer."""

import numpy as np

from ml.scenes.canvas import Canvas, mix, rgb
from ml.scenes.light import Light
from ml.scenes.noise import WIDEST, Array, dots, fractal, profile, smoothstep
from ml.scenes.spec import SceneSpec


def paint_layer(canvas: Canvas, top: Array, colour: Array, foot: Array, fade: float, mist: float) -> None:
    """One sheet of land from its upper line (y along x) down; mist gathers at its foot.

    Args:
        fade: how far below the line, in heights, the mist is thickest.
        mist: how much of the foot's colour stands there, in [0, 1].
    """
    depth = np.clip((canvas.y - top) / fade, 0.0, 1.0).astype(np.float32)
    canvas.paint(canvas.below(top), mix(colour, foot, (depth * mist)[..., None]))


def rolling(spec: SceneSpec, part: str, canvas: Canvas, level: float, height: float, cells: float = 1.6) -> Array:
    """The upper line of a soft hill: y along x, around `level`, `height` up and down."""
    return level - height * profile(spec.rng(part), canvas.shape, cells, 3, 0.35)


def ridged(spec: SceneSpec, part: str, canvas: Canvas, level: float, height: float, cells: float = 2.0) -> Array:
    """The upper line of a mountain: sharp peaks, broad valleys."""
    rng = spec.rng(part)
    broad = 1.0 - 2.0 * np.abs(profile(rng, canvas.shape, cells, 3, 0.45))
    fine = profile(rng, canvas.shape, cells * 7, 3, 0.5)
    return np.asarray(level - height * (0.85 * broad + 0.12 * fine), dtype=np.float32)


def treeline(spec: SceneSpec, part: str, canvas: Canvas, height: float, width: float, *, pointed: bool) -> Array:
    """How far a row of trees rises along x, in heights: cones or rounded crowns."""
    rng = spec.rng(part)
    count = int(WIDEST / (width * 0.55))
    centres = np.linspace(-0.05, WIDEST, count) + rng.uniform(-0.3, 0.3, count) * width
    sizes = height * rng.uniform(0.35, 1.0, count) ** 0.8
    spans = width * rng.uniform(0.6, 1.15, count)
    near = np.abs(canvas.x.T - centres[None, :]) / spans[None, :]
    shape = np.clip(1 - near, 0, 1) ** 1.25 if pointed else np.sqrt(np.clip(1 - near**2, 0, 1))
    rise = (sizes * shape).max(axis=1)
    return np.asarray(rise + 0.06 * height * np.abs(profile(rng, canvas.shape, 40, 2)), dtype=np.float32)


def paint_texture(
    canvas: Canvas, spec: SceneSpec, part: str, mask: Array, cells: tuple[float, float], amount: float
) -> None:
    """Gentle light and dark within a mask, so that a surface does not look poured."""
    canvas.pixels *= 1.0 + (mask * fractal(spec.rng(part), canvas.shape, cells, 4, 0.55) * amount)[..., None]


def paint_tree(canvas: Canvas, spec: SceneSpec, light: Light, part: str, x: float, base: float, height: float) -> None:
    """One broad tree: a trunk, and a crown of leaf clumps lit from the sun's side."""
    rng = spec.rng(part)
    trunk = light.on(rgb(84, 66, 54), 0.06)
    lean = float(rng.uniform(-0.05, 0.05)) * height
    up = np.clip((base - canvas.y) / height, 0.0, 1.0)
    half = height * (0.052 - 0.03 * up + 0.05 * (1 - up) ** 12)
    centre = x + lean * up**2
    inside = smoothstep(0.0, -2 * canvas.pixel, np.abs(canvas.x - centre) - half)
    canvas.paint(inside * canvas.below(base - height * 0.7) * (1 - canvas.below(base)), trunk)
    leaf_dark, leaf_light = light.on(light.leaves[0] * 0.72, 0.05), light.on(light.leaves[1], 0.05)
    crown_x, crown_y = x + lean, base - height * 0.68
    ragged = fractal(rng, canvas.shape, (9.0 / max(height, 0.2) * 0.3, 9.0 / max(height, 0.2) * 0.3), 3) * 0.24
    for order in range(15):
        angle, reach = rng.uniform(0, 2 * np.pi), (0.3 - 0.014 * order) * height * float(rng.uniform(0.75, 1.0))
        _paint_clump(canvas, light, (crown_x + 1.1 * reach * np.cos(angle), crown_y + 0.8 * reach * np.sin(angle)),
                     height * float(rng.uniform(0.12, 0.19)), ragged, (leaf_dark, leaf_light))  # fmt: skip


def _paint_clump(
    canvas: Canvas, light: Light, at: tuple[float, float], radius: float, ragged: Array, leaves: tuple[Array, Array]
) -> None:
    """A clump of leaves: ragged edge, bright above and towards the sun."""
    dx, dy = (canvas.x - at[0]) / radius, (canvas.y - at[1]) / radius
    distance = np.sqrt(dx * dx + dy * dy).astype(np.float32)
    soft = canvas.pixel / radius
    mask = smoothstep(1.0 + soft, 0.9 - soft, distance + ragged * 1.6)
    side = np.sign(light.sun_x * canvas.aspect - at[0])
    lit = smoothstep(-0.7, 0.9, (-dy + 0.5 * side * dx).astype(np.float32) + ragged * 2)
    canvas.paint(mask, mix(leaves[0], leaves[1], lit[..., None]), 0.92)


def ground_plane(canvas: Canvas, horizon: float) -> tuple[Array, Array]:
    """The plane beneath the viewer: across and away, each in ground units, growing without end at the horizon."""
    away = 0.16 / np.clip(canvas.y - horizon, canvas.pixel * 0.5, None)
    across = (canvas.x - canvas.aspect / 2) * away * 3.0
    return np.asarray(across, dtype=np.float32), np.asarray(away + 0 * canvas.x, dtype=np.float32)


def paint_flowers(
    canvas: Canvas, spec: SceneSpec, part: str, mask: Array, horizon: float, colours: tuple[Array, ...], size: float
) -> None:
    """Blossoms scattered over the ground plane, smaller and paler with distance."""
    rng = spec.rng(part)
    across, away = ground_plane(canvas, horizon)
    near = smoothstep(1.9, 0.35, away)
    drift = smoothstep(-0.35, 0.45, fractal(rng, canvas.shape, (7.0, 2.6), 3))
    for layer in range(3):
        scale = (12.0 + 5.0 * layer) / size
        offset = rng.uniform(0, 40)
        cover, hue = dots(rng, across * scale + offset, np.log(away) * scale * 1.2 + 80 + offset, 0.36, 0.6)
        shades = np.stack(colours)[(hue * (len(colours) - 1e-3)).astype(int)]
        canvas.paint(cover * mask * near * drift, shades * (0.85 + 0.15 * hue[..., None]), 0.8)
