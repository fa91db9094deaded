"""Great distances: mountains in layers, a sky full of stars, dunes."""

import numpy as np

from ml.scenes.air import paint_bank, paint_far_lamps
from ml.scenes.canvas import Canvas, mix, rgb
from ml.scenes.land import paint_layer, paint_texture, paint_tree, ridged, rolling, treeline
from ml.scenes.light import SNOW, Light
from ml.scenes.noise import Array, dots, fractal, profile, smoothstep
from ml.scenes.sky import paint_clouds, paint_sky
from ml.scenes.spec import SceneSpec


def paint_mountains(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """Four ranges, the farthest with snow, mist between them, firs in front."""
    rng = spec.rng("mountains")
    level = float(rng.uniform(0.4, 0.48))
    paint_sky(canvas, spec, light, level + 0.12)
    for index, distance in enumerate((0.74, 0.56, 0.4, 0.24)):
        height = (0.24, 0.17, 0.12, 0.08)[index]
        top = ridged(spec, f"range{index}", canvas, level + 0.1 * index, height, 1.1 + 0.5 * index)
        rock = mix(rgb(98, 108, 126), light.ground, 0.28 * index)
        paint_layer(canvas, top, light.on(rock * 0.88, distance), light.on(rock, 0.9), 0.26, 0.75)
        if index < 2 or light.snowy:
            _paint_snowcap(canvas, spec, light, top, f"cap{index}", distance * 0.6, height)
        paint_bank(canvas, spec, light, f"range{index}", level + 0.03 + 0.1 * index)
    paint_far_lamps(canvas, spec, light, level + 0.36)
    firs = treeline(spec, "firs", canvas, 0.17, 0.055, pointed=True)
    top = level + 0.42 - firs + 0.03 * profile(rng, canvas.shape, 1.5)
    fir = light.on(light.leaves[0] * 0.55, 0.12)
    paint_layer(canvas, np.asarray(top, np.float32), fir, light.on(light.ground * 0.7, 0.1), 0.3, 0.9)


def _paint_snowcap(
    canvas: Canvas, spec: SceneSpec, light: Light, top: Array, part: str, distance: float, height: float
) -> None:
    """Snow from the peak down to a ragged line, bright on the sun's side of each face."""
    facets = fractal(spec.rng(part), canvas.shape, (7.0, 9.0), 3)
    below = canvas.y - top
    depth = height * (0.5 if not light.snowy else 1.1)
    mask = smoothstep(depth * 1.15, depth * 0.75, np.asarray(below + facets * depth * 0.55, np.float32)) * canvas.below(
        top
    )
    slope = np.gradient(top, canvas.pixel) * (1 if light.sun_x > 0.5 else -1)
    lit = smoothstep(-0.5, 0.5, np.asarray(-slope[None, :] * 0.5 + facets * 0.6, np.float32))
    snow = mix(
        light.on(SNOW * 0.78, distance),
        light.on(SNOW * np.minimum(light.sun * 1.05, 1), distance * 0.8),
        lit[..., None],
    )
    canvas.paint(mask, snow, 0.85)


def paint_night_sky(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """The Milky Way over dark hills, and a lone tree."""
    rng = spec.rng("night")
    level = float(rng.uniform(0.76, 0.84))
    paint_sky(canvas, spec, light, level + 0.1)
    _paint_milky_way(canvas, spec, {"clear": 1.0, "cloudy": 0.8, "misty": 0.5}[spec.weather])
    paint_clouds(canvas, spec, light, level + 0.1)
    paint_bank(canvas, spec, light, "far", level - 0.1)
    for index, distance in enumerate((0.4, 0.2)):
        top = rolling(spec, f"hill{index}", canvas, level - 0.07 + 0.08 * index, 0.07 - 0.02 * index, 1.2 + index)
        paint_layer(canvas, top, light.on(light.ground * 0.6, distance), light.on(light.ground, 0.6), 0.25, 0.35)
        paint_bank(canvas, spec, light, f"hill{index}", level + 0.02 + 0.1 * index, 0.6)
        if index == 0:
            x = canvas.aspect * float(rng.uniform(0.2, 0.8))
            column = int(x / canvas.aspect * canvas.shape[1])
            paint_tree(canvas, spec, light, "tree", x, float(top[column]) + 0.015, float(rng.uniform(0.2, 0.32)))


def _paint_milky_way(canvas: Canvas, spec: SceneSpec, strength: float) -> None:
    """A slanting, broken band of light and dust, and more stars within it."""
    rng = spec.rng("milky way")
    slant, offset = float(rng.choice([-1, 1])) * float(rng.uniform(0.5, 1.1)), float(rng.uniform(0.3, 0.6))
    across = canvas.x - offset * canvas.aspect - slant * (canvas.y - 0.4)
    dust = fractal(rng, canvas.shape, (4.0, 4.0), 4)
    clumps = smoothstep(-0.6, 0.5, fractal(rng, canvas.shape, (3.0, 3.0), 3))
    band = np.exp(-((across / 0.24 + 0.9 * dust) ** 2)).astype(np.float32) * (0.4 + 0.6 * clumps) * strength
    canvas.glow(band, rgb(140, 162, 230), 0.4)
    inner = np.exp(-((across / 0.1 + 0.9 * dust) ** 2)).astype(np.float32) * clumps * strength
    canvas.glow(inner, rgb(244, 206, 222), 0.26)
    cover, luck = dots(rng, canvas.x * 30 + 0 * canvas.y, canvas.y * 30 + 0 * canvas.x, 0.2, 0.5)
    canvas.glow(cover * band * luck, rgb(250, 248, 255), 0.85)


def paint_desert(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """Dunes behind dunes; each has a side in the light and a side in its own shadow."""
    rng = spec.rng("desert")
    level = float(rng.uniform(0.44, 0.52))
    paint_sky(canvas, spec, light, level + 0.05)
    sand = mix(rgb(226, 180, 126), rgb(236, 206, 164), float(rng.uniform(0, 1)))
    for index, distance in enumerate((0.75, 0.52, 0.3, 0.1)):
        _paint_dune(canvas, spec, light, index, distance, level + (0.0, 0.07, 0.19, 0.36)[index], sand)
        if index < 3:
            paint_bank(canvas, spec, light, f"dune{index}", level + (0.04, 0.13, 0.27)[index])


def _paint_dune(
    canvas: Canvas, spec: SceneSpec, light: Light, index: int, distance: float, level: float, sand: Array
) -> None:
    """One dune: crest, curved ridge from its peak, wind ripples."""
    rng = spec.rng(f"dune{index}")
    top = rolling(spec, f"crest{index}", canvas, level, 0.05 + 0.02 * index, 1.0 + 0.2 * (3 - index))
    bright, shade = light.on(sand, distance), light.on(sand * np.float32(0.62) * rgb(232, 226, 255), distance)
    paint_layer(canvas, top, bright, mix(bright, light.air, 0.25), 0.3, 0.6)
    below = np.clip(canvas.y - top, 0.0, None)
    inner = slice(canvas.shape[1] // 6, -canvas.shape[1] // 6)
    peak = float(canvas.x[0][inner][int(np.argmin(top[inner]))])
    side = 1.0 if light.sun_x * canvas.aspect < peak else -1.0
    curve = peak - side * (0.55 * below**0.75 - 0.22 * np.sin(below * 7 + rng.uniform(0, 6)) * below)
    edge = np.asarray((canvas.x - curve) * side, np.float32)
    fade = smoothstep(0.62, 0.0, edge) * smoothstep(0.5, 0.0, np.asarray(below, np.float32))
    soft, strength = (0.014, 0.92) if light.shadow else (0.09, 0.42)
    canvas.paint(smoothstep(-0.006, soft + 0.1 * float(distance), edge) * fade * canvas.below(top), shade, strength)
    paint_texture(canvas, spec, f"ripples{index}", canvas.below(top), (30.0, 5.0), 0.05)
