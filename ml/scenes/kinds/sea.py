"""The open sea from a beach: horizon, light on the water, a line of foam, sometimes an island or a sail."""

from dataclasses import dataclass

import numpy as np

from ml.scenes.air import paint_bank, paint_far_lamps
from ml.scenes.canvas import Canvas, mix, rgb
from ml.scenes.ground import paint_puddles
from ml.scenes.land import paint_layer, paint_texture, rolling
from ml.scenes.light import SNOW, Light
from ml.scenes.noise import Array, profile, smoothstep
from ml.scenes.sky import paint_sky
from ml.scenes.spec import SceneSpec
from ml.scenes.water import paint_water


@dataclass(frozen=True, slots=True)
class SeaPlan:
    """What stands where; lengths in picture heights, `sail` is None without a boat, else its share of the width."""

    horizon: float
    island: bool
    sail: float | None
    beach: float
    slope: float


def sea_plan(spec: SceneSpec) -> SeaPlan:
    """The accidents of one sea, also for those who say in words what it shows."""
    rng = spec.rng("sea")
    horizon, island = float(rng.uniform(0.44, 0.54)), bool(rng.uniform() < 0.4)
    sail = float(rng.uniform(0.25, 0.75)) if rng.uniform() < 0.45 else None
    return SeaPlan(horizon, island, sail, float(rng.uniform(0.78, 0.88)), float(rng.uniform(-0.12, 0.12)))


def paint_sea(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """Sky, perhaps an island, the sea, its waves, the beach."""
    plan = sea_plan(spec)
    paint_sky(canvas, spec, light, plan.horizon)
    if plan.island:
        _paint_island(canvas, spec, light, plan.horizon)
        paint_far_lamps(canvas, spec, light, plan.horizon - 0.005)
    paint_water(canvas, spec, light, plan.horizon, canvas.below(plan.horizon), 0.9, 0.68)
    paint_bank(canvas, spec, light, "horizon", plan.horizon + 0.02, 0.95)
    if plan.sail is not None:
        _paint_sail(canvas, light, plan.sail * canvas.aspect, plan.horizon)
    _paint_beach(canvas, spec, light, plan.beach, plan.slope)


def _paint_island(canvas: Canvas, spec: SceneSpec, light: Light, horizon: float) -> None:
    side = float(spec.rng("island").uniform(0.1, 0.9)) * canvas.aspect
    swell = np.exp(-(((canvas.x[0] - side) / 0.3) ** 2)) * 0.16
    top = rolling(spec, "island", canvas, horizon + 0.03, 0.02, 5.0) - swell
    colour = light.on(light.ground * 0.8, 0.55)
    paint_layer(canvas, np.asarray(top, dtype=np.float32), colour, light.air, 0.14, 0.5)


def _paint_sail(canvas: Canvas, light: Light, x: float, horizon: float) -> None:
    """A small boat on the horizon: one leaning sail and a hull."""
    foot, height = horizon + 0.035, 0.13
    up = np.clip((foot - canvas.y) / height, 0.0, 1.0)
    inside = smoothstep(0.0, 2.5 * canvas.pixel, (1 - up) * 0.055 - np.abs(canvas.x - x - 0.02 * (1 - up)))
    mask = inside * canvas.below(foot - height) * (1 - canvas.below(foot - 0.012))
    canvas.paint(mask, light.on(rgb(250, 244, 232), 0.1))
    canvas.paint(canvas.box(x - 0.045, foot - 0.008, x + 0.055, foot + 0.01, 0.004), light.on(rgb(112, 74, 58), 0.1))


def _paint_beach(canvas: Canvas, spec: SceneSpec, light: Light, level: float, slope: float) -> None:
    """Wet sand, dry sand, and two lines of foam."""
    edge = level + slope * (canvas.x[0] - canvas.aspect / 2) + 0.025 * profile(spec.rng("foam"), canvas.shape, 2.5, 3)
    edge = np.asarray(edge, dtype=np.float32)
    sand = light.on(SNOW if light.snowy else rgb(228, 206, 168), 0.05)
    _paint_foam(canvas, light, edge - 0.085 + 0.02 * profile(spec.rng("wave"), canvas.shape, 2.0, 3), 0.022, 0.5)
    wet = mix(sand * 0.74, light.air, 0.25)
    paint_layer(canvas, edge, wet, sand, 0.09, 1.0)
    paint_texture(canvas, spec, "sand", canvas.below(edge + 0.03, 0.02), (14.0, 5.0), 0.05)
    paint_puddles(canvas, spec, light, level - 0.06, canvas.below(edge + 0.02, 0.02), 0.35)
    _paint_foam(canvas, light, edge, 0.03, 0.85)


def _paint_foam(canvas: Canvas, light: Light, line: Array, width: float, strength: float) -> None:
    """A soft white line that fades seawards."""
    away = np.asarray(line - canvas.y, dtype=np.float32)
    mask = smoothstep(width, 0.0, away) * smoothstep(-0.012, 0.0, away)
    canvas.paint(mask, mix(light.on(rgb(255, 255, 255)), light.horizon, 0.3), strength)
