"""Among trees: pale trunks in the mist, dark ones near by, light falling between."""

import numpy as np

from ml.scenes.air import paint_bank
from ml.scenes.canvas import Canvas, mix, rgb
from ml.scenes.ground import paint_puddles
from ml.scenes.land import paint_flowers, paint_layer, paint_texture, rolling
from ml.scenes.light import Light
from ml.scenes.noise import WIDEST, fractal, smoothstep
from ml.scenes.sky import paint_sky
from ml.scenes.spec import SceneSpec


def paint_forest(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """Glow of the clearing, four ranks of trunks each with its ground, leaves above, shafts of light."""
    rng = spec.rng("forest")
    floor = float(rng.uniform(0.6, 0.68))
    paint_sky(canvas, spec, light, 0.8)
    veil = light.on(mix(light.leaves[1], light.ground, 0.5), 0.55)
    canvas.paint(np.ones(canvas.shape, dtype=np.float32), veil, 0.22)
    for rank, distance in enumerate((0.82, 0.6, 0.36, 0.1)):
        _paint_rank(canvas, spec, light, rank, distance, floor + 0.05 * rank - 0.04)
        _paint_leaves(canvas, spec, light, rank, distance)
        if rank < 3:
            paint_bank(canvas, spec, light, f"rank{rank}", floor - 0.1 + 0.06 * rank, 0.7)
    if spec.weather == "clear" and not light.night:
        _paint_shafts(canvas, spec, light)
    floor_mask = canvas.below(floor + 0.14, 0.05)
    paint_puddles(canvas, spec, light, floor + 0.08, floor_mask, 0.2)
    if spec.season in ("autumn", "winter") and not light.snowy:
        fallen = tuple(light.on(leaf) for leaf in light.leaves)
        paint_flowers(canvas, spec, "fallen leaves", floor_mask, floor - 0.1, fallen, 1.8)
    elif not light.snowy:
        blossom = (light.on(rgb(236, 236, 220)), light.on(rgb(178, 168, 222)))
        paint_flowers(canvas, spec, "flowers", floor_mask, floor - 0.1, blossom, 1.6)


def _paint_rank(canvas: Canvas, spec: SceneSpec, light: Light, rank: int, distance: float, floor: float) -> None:
    """One rank: the ground it stands on, and its trunks."""
    rng = spec.rng(f"rank{rank}")
    bark = light.on(rgb(92, 76, 66) * (1.0 - 0.1 * rank), distance)
    wide = (0.007, 0.012, 0.018, 0.028)[rank]
    line = rolling(spec, f"floor{rank}", canvas, floor, 0.02, 2.0)
    for _ in range((22, 14, 8, 3)[rank]):
        x, lean = float(rng.uniform(0, WIDEST)), float(rng.uniform(-0.05, 0.05))
        half = wide * float(rng.uniform(0.6, 1.3))
        if x > canvas.aspect + 0.1:
            continue
        across = canvas.x - x - lean * (canvas.y - 0.5)
        taper = half * (0.75 + 0.4 * canvas.y**3)
        mask = smoothstep(0.9 * canvas.pixel, -0.9 * canvas.pixel, np.abs(across) - taper)
        lit = smoothstep(-1.0, 1.0, across / half * np.sign(light.sun_x * canvas.aspect - x))
        canvas.paint(mask * (1 - canvas.below(line + 0.015)), mix(bark * 0.82, bark * 1.22, lit[..., None]))
    ground = light.on(light.ground * (0.98 if light.snowy else 0.95 - 0.12 * rank), distance)
    paint_layer(canvas, line, ground, ground * (0.95 if light.snowy else 0.86), 0.25, 1.0)
    paint_texture(canvas, spec, f"moss{rank}", canvas.below(line), (18.0, 7.0), 0.1)


def _paint_leaves(canvas: Canvas, spec: SceneSpec, light: Light, rank: int, distance: float) -> None:
    """The canopy of one rank: clumps that thin out downwards."""
    scale = (9.0, 7.0, 5.5, 4.0)[rank]
    field = fractal(spec.rng(f"canopy{rank}"), canvas.shape, (scale, scale * 0.9), 4, 0.55)
    bare = 0.28 if spec.season == "winter" else 0.0
    reach = 0.12 + 0.035 * rank - canvas.y * (1.6 + 0.35 * rank) - bare + 0.5
    mask = smoothstep(-0.06, 0.16, field * 0.75 + reach - 0.12 * rank)
    tone = smoothstep(-0.5, 0.7, fractal(spec.rng(f"tone{rank}"), canvas.shape, (scale * 2, scale * 2), 3))
    dark, bright = light.on(light.leaves[0] * 0.72, distance), light.on(light.leaves[1], distance)
    canvas.paint(mask, mix(dark, bright, tone[..., None]), 0.8)


def _paint_shafts(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """Slanting light, broad and faint."""
    rng = spec.rng("shafts")
    slant = 0.5 if light.sun_x < 0.5 else -0.5
    along = (canvas.x - slant * canvas.y) * np.float32(3.2) + np.float32(rng.uniform(0, 9))
    beams = 0.5 + 0.5 * np.sin(along * 2.6) * np.sin(along * 1.1 + 1.0)
    fade = smoothstep(1.0, 0.1, canvas.y + 0 * canvas.x)
    canvas.glow(
        smoothstep(0.45, 0.95, np.asarray(beams, np.float32)) * fade, light.sun * np.minimum(light.ambient, 1.0), 0.42
    )
