"""Sky, sun and moon, stars and clouds."""

import numpy as np

from ml.scenes.canvas import Canvas, mix, rgb
from ml.scenes.light import Light
from ml.scenes.noise import Array, dots, fractal, shifted_down, smoothstep
from ml.scenes.spec import SceneSpec

_GLOWS = {"clear": 1.0, "cloudy": 0.55, "misty": 0.45, "rain": 0.35, "snow": 0.3}
"""How much of the sun's or moon's glow the weather lets through."""
_DISCS = {"clear": 0.96, "cloudy": 0.0, "misty": 0.32, "rain": 0.0, "snow": 0.0}


def paint_sky(canvas: Canvas, spec: SceneSpec, light: Light, horizon: float) -> None:
    """Everything above, down to the horizon's height in y; below it the horizon's colour goes on."""
    t = np.clip(canvas.y / max(horizon, 0.2), 0.0, 1.0) + 0 * canvas.x
    upper = mix(light.zenith, light.middle, smoothstep(0.0, 0.62, t)[..., None])
    canvas.pixels[:] = mix(upper, light.horizon, smoothstep(0.45, 1.0, t)[..., None])
    if spec.weather == "clear" and (light.night or spec.time == "dusk"):
        paint_stars(canvas, spec, horizon if light.night else 0.5 * horizon, 0.95 if light.night else 0.6)
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
    """The sun or the moon and its glow, as far as the weather shows them; at dusk a crescent, the sun being down."""
    x, y = light.sun_x * canvas.aspect, light.sun_y
    distance = np.sqrt((canvas.x - x) ** 2 + (canvas.y - y) ** 2).astype(np.float32)
    warmth = 0.42 if light.night else 0.55 if spec.time == "day" else 0.8
    canvas.glow(np.exp(-distance / (0.2 if light.night else 0.3)), light.sun, warmth * _GLOWS[spec.weather])
    disc = _DISCS[spec.weather]
    if spec.time == "dusk":
        _paint_crescent(canvas, 0.18 * canvas.aspect + 0.6 * x, 0.16, disc)
    elif disc:
        radius, soft = (0.045, 0.006) if light.night else (0.052, 0.006)
        if spec.weather == "misty":
            soft = 0.02
        canvas.paint(canvas.disc(x, y, radius, soft), mix(light.sun, rgb(255, 255, 250), 0.5), disc)


def _paint_crescent(canvas: Canvas, x: float, y: float, strength: float) -> None:
    """A young moon."""
    lit = np.clip(canvas.disc(x, y, 0.038) - canvas.disc(x - 0.018, y - 0.008, 0.034), 0, 1)
    canvas.paint(lit, rgb(255, 246, 226), strength)


def paint_clouds(canvas: Canvas, spec: SceneSpec, light: Light, horizon: float) -> None:
    """The sky's clouds: heaped with gaps between, or one low ceiling; none in clear or misty weather."""
    if spec.weather == "cloudy":
        _paint_heaps(canvas, spec, light, horizon)
    elif spec.weather in ("rain", "snow"):
        _paint_ceiling(canvas, spec, light, horizon)


def _billows(canvas: Canvas, spec: SceneSpec, down: float, across: float) -> Array:
    """Rounded heaps, mostly within [-1, 1]."""
    rng = spec.rng("clouds")
    broad = fractal(rng, canvas.shape, (down, across), 2, 0.5)
    puffs = 1.0 - 2.0 * np.abs(fractal(rng, canvas.shape, (down * 2.2, across * 3.2), 3, 0.5))
    return np.asarray(0.76 * broad + 0.24 * puffs, dtype=np.float32)


def _paint_heaps(canvas: Canvas, spec: SceneSpec, light: Light, horizon: float) -> None:
    """Clouds with bright tops and soft undersides; two thirds of the sky are theirs whatever the seed."""
    density = _billows(canvas, spec, 3.4, 1.5)
    sky = density[: max(2, int(horizon * canvas.shape[0]))]
    density = np.asarray(density - np.percentile(sky, 34), dtype=np.float32)
    above = shifted_down(density, max(1, canvas.shape[0] // 18))
    lit = smoothstep(-0.5, 0.5, density - above + 0.12)[..., None]
    white = 0.5 if spec.time == "day" else 0.14
    bright = mix(mix(light.horizon, light.sun, 0.5), rgb(255, 255, 255), white)
    dark = mix(light.zenith, light.middle, 0.35) * np.float32(0.86)
    if spec.time == "day":
        dark = mix(light.horizon, np.full(3, light.middle.mean(), np.float32), 0.65) * np.float32(0.97)
    if light.night:
        bright, dark = mix(light.horizon, light.sun, 0.24), mix(light.zenith, light.horizon, 0.45)
    fade = smoothstep(horizon + 0.1, horizon - 0.06, canvas.y + 0 * canvas.x)
    canvas.paint(smoothstep(-0.04, 0.2, density) * fade, mix(dark, bright, lit), 0.94)


def _paint_ceiling(canvas: Canvas, spec: SceneSpec, light: Light, horizon: float) -> None:
    """Low clouds without a gap; in rain with dark bellies, in snow hardly to be told apart."""
    heavy = spec.weather == "rain"
    density = _billows(canvas, spec, 4.5, 1.3)
    fade = smoothstep(horizon + 0.05, horizon - 0.25, canvas.y + 0 * canvas.x)
    belly = smoothstep(-0.1, 0.55, density) * fade
    canvas.paint(belly, light.zenith * np.float32(0.86), 0.75 if heavy else 0.3)
    edge = smoothstep(-0.1, -0.6, density) * fade
    canvas.paint(edge, light.horizon, 0.5 if heavy else 0.25)
