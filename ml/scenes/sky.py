"""Sky, sun and moon, stars and clouds."""

import numpy as np

from ml.scenes.canvas import Canvas, mix, rgb
from ml.scenes.light import Light
from ml.scenes.noise import dots, fractal, shifted_down, smoothstep
from ml.scenes.spec import SceneSpec

_COVER = {"clear": 0.12, "cloudy": 0.62, "misty": 0.3, "rain": 0.85, "snow": 0.7}


def paint_sky(canvas: Canvas, spec: SceneSpec, light: Light, horizon: float) -> None:
    """Everything above, down to the horizon's height in y; below it the horizon's colour goes on."""
    t = np.clip(canvas.y / max(horizon, 0.2), 0.0, 1.0) + 0 * canvas.x
    upper = mix(light.zenith, light.middle, smoothstep(0.0, 0.62, t)[..., None])
    canvas.pixels[:] = mix(upper, light.horizon, smoothstep(0.45, 1.0, t)[..., None])
    if light.night and spec.weather in ("clear", "cloudy"):
        paint_stars(canvas, spec, horizon, 0.9 if spec.weather == "clear" else 0.4)
    paint_sun(canvas, spec, light)
    paint_clouds(canvas, spec, light, horizon)


def paint_stars(canvas: Canvas, spec: SceneSpec, horizon: float, strength: float) -> None:
    """Soft points, fewer towards the horizon."""
    rng = spec.rng("stars")
    fade = smoothstep(horizon, horizon * 0.35, canvas.y + 0 * canvas.x)
    for scale, share in ((22.0, 0.35), (11.0, 0.3)):
        cover, luck = dots(rng, canvas.x * scale + 0 * canvas.y, canvas.y * scale + 0 * canvas.x, 0.14, share)
        canvas.glow(cover * fade * (0.45 + 0.55 * luck), rgb(255, 246, 226), strength)


def paint_sun(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """The disc and its glow; behind thick weather only the glow."""
    x, y = light.sun_x * canvas.aspect, light.sun_y
    distance = np.sqrt((canvas.x - x) ** 2 + (canvas.y - y) ** 2).astype(np.float32)
    veiled = spec.weather in ("rain", "snow")
    warmth = 0.3 if light.night else 0.55 if spec.time == "day" else 0.75
    canvas.glow(np.exp(-distance / (0.30 if not light.night else 0.16)), light.sun, warmth * (0.4 if veiled else 1.0))
    if not veiled:
        radius = 0.042 if light.night else 0.05
        thin = 0.45 if spec.weather == "misty" else 0.95
        canvas.paint(canvas.disc(x, y, radius, 0.006), mix(light.sun, rgb(255, 255, 250), 0.45), thin)


def paint_clouds(canvas: Canvas, spec: SceneSpec, light: Light, horizon: float) -> None:
    """Long soft clouds, flatter and closer together towards the horizon, lit from above."""
    rng = spec.rng("clouds")
    cover = _COVER[spec.weather] + float(rng.uniform(-0.08, 0.08))
    field = fractal(rng, canvas.shape, (4.2, 1.5), 5)
    lower = fractal(rng, canvas.shape, (9.0, 2.0), 4)
    near_horizon = smoothstep(0.25, 1.0, canvas.y / max(horizon, 0.2) + 0 * canvas.x)
    density = mix(field, lower, near_horizon)
    mask = smoothstep(0.75 - cover * 1.2, 1.25 - cover * 0.9, density + 0.35)
    above = shifted_down(density, max(1, canvas.shape[0] // 40))
    lit = smoothstep(-0.25, 0.35, density - above)[..., None]
    bright = mix(mix(light.horizon, light.sun, 0.55), rgb(255, 255, 255), 0.12 if light.night else 0.3)
    if light.night:
        bright = mix(light.middle, light.horizon, 0.7)
    dark = mix(light.zenith, light.horizon, 0.42)
    canvas.paint(
        mask * smoothstep(horizon + 0.08, horizon - 0.12, canvas.y + 0 * canvas.x), mix(dark, bright, lit), 0.8
    )
