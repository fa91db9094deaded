"""A lake that doubles its mountains, and a river that winds away through meadows."""

import numpy as np

from ml.scenes.air import paint_bank, paint_far_lamps
from ml.scenes.canvas import Canvas, mix, rgb
from ml.scenes.ground import paint_puddles
from ml.scenes.kinds.fields import paint_far_hills, winding
from ml.scenes.land import paint_flowers, paint_layer, paint_texture, ridged, rolling, treeline
from ml.scenes.light import Light
from ml.scenes.noise import profile, smoothstep
from ml.scenes.sky import paint_sky
from ml.scenes.spec import SceneSpec
from ml.scenes.water import paint_water


def paint_lake(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """Mountains, a wooded shore, the mirror, and a near bank with reeds or a jetty."""
    rng = spec.rng("lake")
    shore = float(rng.uniform(0.5, 0.58))
    paint_sky(canvas, spec, light, shore)
    for index, distance in enumerate((0.85, 0.6)):
        top = ridged(spec, f"peak{index}", canvas, shore - 0.14 + 0.06 * index, 0.16 - 0.05 * index, 1.3 + index)
        rock = mix(rgb(112, 118, 128), light.ground, 0.35 * index)
        paint_layer(canvas, top, light.on(rock, distance), light.on(rock, 0.95), 0.3, 0.8)
        paint_bank(canvas, spec, light, f"peak{index}", shore - 0.1 + 0.07 * index)
    pointed = bool(rng.uniform() < 0.6)
    top = shore - 0.012 - treeline(spec, "shore", canvas, 0.11, 0.05, pointed=pointed)
    paint_layer(canvas, top, light.on(light.leaves[0] * 0.62, 0.3), light.on(light.leaves[0] * 0.5, 0.4), 0.12, 0.7)
    paint_far_lamps(canvas, spec, light, shore - 0.012)
    paint_water(canvas, spec, light, shore, canvas.below(shore), 0.3, 0.86)
    paint_bank(canvas, spec, light, "shore", shore + 0.01, 0.7)
    canvas.paint(canvas.below(shore - 0.008, 0.006) * (1 - canvas.below(shore + 0.01, 0.008)), light.air, 0.45)
    if rng.uniform() < 0.45:
        _paint_jetty(canvas, light, float(rng.uniform(0.3, 0.7)) * canvas.aspect, shore)
    else:
        _paint_reeds(canvas, spec, light)


def _paint_jetty(canvas: Canvas, light: Light, x: float, shore: float) -> None:
    """A wooden jetty running out from the viewer."""
    end, near = shore + 0.16, 1.0
    t = np.clip((canvas.y - end) / (near - end), 0.0, 1.0)
    half = 0.035 + 0.13 * t
    inside = smoothstep(1.5 * canvas.pixel, -1.5 * canvas.pixel, np.abs(canvas.x - x) - half) * canvas.below(end)
    wood = light.on(mix(rgb(146, 118, 96), rgb(240, 243, 247), 0.6 if light.snowy else 0.0), 0.08)
    canvas.paint(np.roll(inside, max(1, canvas.shape[0] // 50), axis=0) * canvas.below(end), wood * 0.35, 0.5)
    planks = 0.5 + 0.5 * np.sin(14.0 * np.log(0.06 + t) * 2.4)
    canvas.paint(inside, mix(wood * 0.82, wood * 1.06, np.asarray(planks + 0 * canvas.x, np.float32)[..., None]))


def _paint_reeds(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """A near bank in one corner with tall grasses against the water."""
    rng = spec.rng("reeds")
    left = rng.uniform() < 0.5
    x = canvas.x[0] if left else canvas.aspect - canvas.x[0]
    bank = np.asarray(0.83 + 0.34 * x**1.3 + 0.02 * profile(rng, canvas.shape, 4, 3), dtype=np.float32)
    blades = treeline(spec, "blades", canvas, 0.24, 0.022, pointed=True) * smoothstep(0.75, 0.15, x)
    dark = light.on(light.leaves[0] * 0.55, 0.06)
    paint_layer(canvas, bank - blades * 0.9, dark, mix(dark, light.on(light.ground, 0.1), 0.6), 0.2, 0.8)


def paint_river(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """Far hills, green banks, water winding towards the viewer, bushes at its bends."""
    horizon = float(spec.rng("river").uniform(0.4, 0.48))
    paint_sky(canvas, spec, light, horizon)
    paint_far_hills(canvas, spec, light, horizon)
    ground = light.on(light.ground, 0.12)
    bank = rolling(spec, "bank", canvas, horizon + 0.015, 0.012)
    far = light.on(light.ground, 0.6)
    paint_layer(canvas, bank, far, ground, 0.42, 1.0)
    paint_texture(canvas, spec, "grass", canvas.below(bank), (20.0, 7.0), 0.1)
    away = np.asarray(winding(canvas, spec, horizon, 0.20), dtype=np.float32)
    paint_puddles(canvas, spec, light, horizon, canvas.below(bank + 0.05, 0.04) * smoothstep(0.03, 0.08, away))
    paint_bank(canvas, spec, light, "bank", horizon + 0.04)
    shade = smoothstep(0.035, -0.01, away)
    canvas.paint(shade * canvas.below(bank + 0.01, 0.01), ground * 0.62, 0.7)
    paint_water(
        canvas, spec, light, horizon, smoothstep(0.006, -0.006, away) * canvas.below(bank + 0.012, 0.01), 0.45, 0.8
    )
    if spec.season in ("spring", "summer") and not light.snowy:
        blossom = (light.on(rgb(250, 246, 226)), light.on(rgb(246, 214, 110)), light.on(rgb(214, 150, 190)))
        paint_flowers(
            canvas,
            spec,
            "flowers",
            smoothstep(0.03, 0.09, away) * canvas.below(bank + 0.1, 0.08),
            horizon,
            blossom,
            1.4,
        )
    for index in range(2):
        _paint_bush_row(canvas, spec, light, horizon, index)


def _paint_bush_row(canvas: Canvas, spec: SceneSpec, light: Light, horizon: float, index: int) -> None:
    """A hedge of rounded bushes at one side."""
    left = bool(spec.rng(f"side{index}").uniform() < 0.5)
    x = canvas.x[0] if left else canvas.aspect - canvas.x[0]
    base = horizon + (0.075, 0.03)[index]
    reach = smoothstep((0.38, 0.62)[index], 0.1, x)
    top = base - treeline(spec, f"bush{index}", canvas, (0.17, 0.09)[index], 0.12, pointed=False) * reach
    leaf = light.on(light.leaves[index] * 0.72, 0.25 + 0.15 * index)
    mask = canvas.below(np.asarray(top, np.float32)) * (1 - canvas.below(base + 0.004 * x, 0.006)) * (reach > 0.02)
    lit = np.clip((canvas.y - top) / 0.12, 0.0, 1.0).astype(np.float32)[..., None]
    canvas.paint(mask, mix(leaf * 1.18, leaf * 0.66, lit))
