"""Meadow, country path and garden: the ground plane with what grows on it."""

import numpy as np

from ml.scenes.air import paint_bank, paint_far_lamps
from ml.scenes.canvas import Canvas, mix, rgb
from ml.scenes.ground import paint_puddles, paint_shadow
from ml.scenes.land import ground_plane, paint_flowers, paint_layer, paint_texture, paint_tree, rolling, treeline
from ml.scenes.light import Light
from ml.scenes.noise import Array, profile, smoothstep
from ml.scenes.sky import paint_sky
from ml.scenes.spec import SceneSpec

_BLOSSOMS = {
    "spring": (rgb(250, 240, 236), rgb(244, 190, 208), rgb(250, 224, 120)),
    "summer": (rgb(214, 78, 72), rgb(250, 238, 222), rgb(120, 120, 206), rgb(250, 206, 96)),
    "autumn": (rgb(190, 98, 110), rgb(226, 160, 74), rgb(150, 104, 150)),
    "winter": (rgb(226, 224, 214), rgb(186, 176, 160)),
}


def paint_far_hills(canvas: Canvas, spec: SceneSpec, light: Light, horizon: float) -> None:
    """Three pale sheets of hills behind everything."""
    for index, distance in enumerate((0.9, 0.72, 0.55)):
        top = rolling(
            spec, f"hill{index}", canvas, horizon - 0.09 + 0.035 * index, 0.07 - 0.012 * index, 1.3 + 0.7 * index
        )
        base = mix(rgb(104, 124, 148), light.ground, 0.3 + 0.25 * index)
        paint_layer(canvas, top, light.on(base, distance), light.on(base, 0.95), 0.16, 0.75)
        paint_bank(canvas, spec, light, f"hill{index}", horizon - 0.05 + 0.035 * index)
    if spec.kind != "town":
        paint_far_lamps(canvas, spec, light, horizon)


def winding(canvas: Canvas, spec: SceneSpec, horizon: float, width: float) -> Array:
    """How far a point lies outside a band that winds from the viewer to the horizon, in heights on the picture."""
    rng = spec.rng("winding")
    _, away = ground_plane(canvas, horizon)
    bend = np.sin(1.1 * np.log(away) * 1.9 + rng.uniform(0, 6.28)) * rng.uniform(0.16, 0.3)
    drift = float(rng.uniform(-0.25, 0.25))
    depth = np.clip((canvas.y - horizon) / (1.0 - horizon), 0.0, 1.0)
    centre = canvas.aspect / 2 + (bend * (0.25 + depth) + drift * (1 - depth)) * 0.8
    return np.asarray(np.abs(canvas.x - centre) - width * (0.05 + 0.95 * depth**1.25), dtype=np.float32)


def _blossoms(spec: SceneSpec, light: Light) -> tuple[Array, ...]:
    return tuple(light.on(colour) for colour in _BLOSSOMS[spec.season])


def _paint_grass(canvas: Canvas, spec: SceneSpec, light: Light, top: Array, near: float) -> Array:
    """A sheet of grass from its upper line to the viewer; returns its mask."""
    colour = light.on(light.ground, 0.35)
    near = 0.96 if light.snowy else near
    paint_layer(canvas, top, colour, light.on(light.ground * near, 0.04), 0.5, 1.0)
    mask = canvas.below(top)
    paint_texture(canvas, spec, "grass", mask, (26.0, 8.0), 0.12)
    paint_texture(canvas, spec, "swathes", mask, (5.0, 2.0), 0.1)
    return mask


def paint_meadow(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """Rolling grass with drifts of flowers and, often, one tree."""
    rng = spec.rng("meadow")
    horizon = float(rng.uniform(0.46, 0.56))
    paint_sky(canvas, spec, light, horizon)
    paint_far_hills(canvas, spec, light, horizon)
    back = rolling(spec, "back", canvas, horizon + 0.05, 0.05)
    trees = treeline(spec, "wood", canvas, 0.07, 0.07, pointed=False)
    trees = trees * smoothstep(-0.2, 0.4, profile(rng, canvas.shape, 1.5))
    paint_layer(canvas, back - trees, light.on(light.leaves[0] * 0.7, 0.5), light.on(light.ground, 0.5), 0.12, 1.0)
    paint_layer(canvas, back, light.on(light.ground, 0.5), light.on(light.ground, 0.3), 0.3, 1.0)
    paint_bank(canvas, spec, light, "back", horizon + 0.06)
    top = rolling(spec, "near", canvas, horizon + 0.14, 0.05, 1.1)
    tree, stands = rng.uniform() < 0.6, 0.0
    if tree:
        x = float(rng.uniform(0.22, 0.78)) * canvas.aspect
        column = min(int(x / canvas.aspect * canvas.shape[1]), canvas.shape[1] - 1)
        stands, tall = float(top[column]) + 0.03, float(rng.uniform(0.3, 0.42))
    mask = _paint_grass(canvas, spec, light, top, 0.72)
    if not light.snowy:
        paint_flowers(canvas, spec, "flowers", mask, horizon + 0.06, _blossoms(spec, light), 1.7)
    paint_puddles(canvas, spec, light, horizon + 0.1, mask)
    if tree:
        paint_shadow(canvas, light, x, stands, tall)
        paint_tree(canvas, spec, light, "tree", x, stands, tall)


def paint_path(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """A country path over open land towards the hills, with a tree on the way."""
    rng = spec.rng("path")
    horizon = float(rng.uniform(0.42, 0.5))
    paint_sky(canvas, spec, light, horizon)
    paint_far_hills(canvas, spec, light, horizon)
    top = rolling(spec, "field", canvas, horizon + 0.01, 0.015)
    mask = _paint_grass(canvas, spec, light, top, 0.78)
    _paint_track(canvas, spec, light, horizon, mask, 0.17)
    paint_bank(canvas, spec, light, "field", horizon + 0.03)
    paint_puddles(canvas, spec, light, horizon, mask)
    for index in range(int(rng.integers(1, 4))):
        x = canvas.aspect * float((0.12, 0.86, 0.3)[index] + rng.uniform(-0.06, 0.06))
        base = horizon + (0.16, 0.11, 0.07)[index]
        tall = (0.4, 0.3, 0.2)[index] * float(rng.uniform(0.85, 1.1))
        paint_shadow(canvas, light, x, base, tall)
        paint_tree(canvas, spec, light, f"tree{index}", x, base, tall)


def _paint_track(canvas: Canvas, spec: SceneSpec, light: Light, horizon: float, mask: Array, width: float) -> None:
    """The trodden track, its edges soft, with a paler middle."""
    away = winding(canvas, spec, horizon, width)
    earth = light.on(mix(rgb(214, 190, 150), rgb(226, 232, 240), 0.72 if light.snowy else 0.0), 0.1)
    canvas.paint(smoothstep(0.02, -0.015, away) * mask, earth * 0.8, 0.9)
    canvas.paint(smoothstep(-0.01, -0.09, away) * mask, earth, 0.85)
    paint_puddles(canvas, spec, light, horizon, smoothstep(0.0, -0.03, away) * mask, 0.3)


def paint_garden(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """A garden walk: hedges behind, flower beds at both sides, an arch of leaves over the way."""
    rng = spec.rng("garden")
    horizon = float(rng.uniform(0.4, 0.46))
    paint_sky(canvas, spec, light, horizon)
    for index, height in enumerate((0.24, 0.16)):
        top = horizon + 0.01 - treeline(spec, f"crowns{index}", canvas, height, 0.2 - 0.05 * index, pointed=False)
        leaf = light.leaves[index % 2] * (0.8 - 0.1 * index)
        paint_layer(canvas, top, light.on(leaf, 0.5 - 0.2 * index), light.on(leaf * 0.6, 0.4 - 0.2 * index), 0.25, 0.9)
        paint_texture(canvas, spec, f"leaves{index}", canvas.below(top), (15.0, 13.0), 0.22)
        paint_bank(canvas, spec, light, f"crowns{index}", horizon - 0.04 + 0.03 * index)
    line = np.full(canvas.shape[1], horizon + 0.03, dtype=np.float32)
    mask = _paint_grass(canvas, spec, light, line, 0.66)
    _paint_track(canvas, spec, light, horizon, mask, 0.2)
    away = winding(canvas, spec, horizon, 0.2)
    beds = smoothstep(0.005, 0.03, away) * smoothstep(0.62, 0.3, away) * mask
    canvas.paint(beds, light.on(light.leaves[0] * (0.92 if light.snowy else 0.6), 0.1), 0.75)
    colours = _blossoms(spec, light) if not light.snowy else (light.on(rgb(240, 243, 248)),)
    for part, size in (("bed", 2.4), ("border", 1.7)):
        paint_flowers(canvas, spec, part, beds, horizon - 0.03, colours, size)
