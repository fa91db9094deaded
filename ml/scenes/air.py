"""The air within a view: banks of mist one behind the other, and low sun lying over the land."""

import numpy as np

from ml.scenes.canvas import Canvas, mix, rgb
from ml.scenes.light import Light
from ml.scenes.noise import Array, fractal, profile, smoothstep
from ml.scenes.spec import SceneSpec


def paint_bank(canvas: Canvas, spec: SceneSpec, light: Light, part: str, level: float, strength: float = 0.66) -> None:
    """In mist, a pale bank that lies around a height: over what was painted so far, behind what comes later."""
    if spec.weather != "misty":
        return
    rng = spec.rng(f"bank {part}")
    top = level - 0.08 + 0.035 * profile(rng, canvas.shape, 2.2, 3)
    foot = level + 0.1 + 0.03 * profile(rng, canvas.shape, 1.6, 2)
    wisps = fractal(rng, canvas.shape, (7.0, 1.4), 3)
    lying = smoothstep(-0.06, 0.05, canvas.y - top) * smoothstep(0.12, -0.02, canvas.y - foot)
    canvas.paint(np.clip(lying * (0.86 + 0.3 * wisps), 0, 1), pale(light), strength)


def pale(light: Light) -> Array:
    """The colour of mist: the air, with light in it."""
    return mix(light.air, rgb(255, 255, 255), 0.06 if light.night else 0.22)


def paint_air(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """The air in front of everything: a veil in mist and a thin one in rain; crisp when clear, soft under clouds."""
    whole = np.ones(canvas.shape, dtype=np.float32)
    if spec.weather == "misty":
        low = smoothstep(0.2, 0.6, canvas.y + 0 * canvas.x) * smoothstep(1.05, 0.6, canvas.y + 0 * canvas.x)
        canvas.paint(whole * 0.2 + 0.16 * low, pale(light))
    elif spec.weather == "rain":
        canvas.paint(whole, light.air, 0.12)
    contrast = {"clear": 1.07, "cloudy": 0.92}.get(spec.weather, 1.0)
    pivot = np.float32(0.25 + 0.25 * light.ambient.mean())
    canvas.pixels = np.asarray(pivot + (canvas.pixels - pivot) * contrast, dtype=np.float32)
    if light.shadow > 1.0:
        distance = np.sqrt((canvas.x - light.sun_x * canvas.aspect) ** 2 + (canvas.y - light.sun_y) ** 2)
        canvas.glow(np.exp(-((distance / 0.5) ** 2)).astype(np.float32), light.sun, 0.2)


def paint_far_lamps(canvas: Canvas, spec: SceneSpec, light: Light, level: float) -> None:
    """The first lamps far off, at dusk and by night, each with its glow."""
    if spec.time not in ("dusk", "night"):
        return
    rng = spec.rng("lamps")
    middle, soft = float(rng.uniform(0.25, 0.75)) * canvas.aspect, max(0.005, 0.7 * canvas.pixel)
    for _ in range(5):
        x, y = middle + float(rng.uniform(-0.2, 0.2)), level - float(rng.uniform(0.0, 0.03))
        distance = np.sqrt((canvas.x - x) ** 2 + (canvas.y - y) ** 2).astype(np.float32)
        canvas.glow(np.exp(-((distance / 0.035) ** 2)), rgb(255, 190, 104), 0.2)
        canvas.glow(smoothstep(soft * 1.6, soft * 0.4, distance), rgb(255, 224, 160), 0.95)
