"""From a scene's name to pixels."""

import numpy as np
import numpy.typing as npt

from ml.scenes.canvas import Canvas, mix, rgb
from ml.scenes.kinds import PAINTERS
from ml.scenes.light import Light, grade, light_of
from ml.scenes.noise import dots, fractal, smoothstep
from ml.scenes.spec import SceneSpec
from ml.scenes.style import apply_style


def render(spec: SceneSpec, width: int, height: int) -> npt.NDArray[np.uint8]:
    """Paint a scene.

    Returns:
        (height, width, 3) RGB bytes. Equal arguments give equal bytes; another size shows the same place.
    """
    canvas = Canvas(width, height)
    light = light_of(spec)
    PAINTERS[spec.kind](canvas, spec, light)
    if spec.kind != "room":
        _paint_weather(canvas, spec, light)
    canvas.pixels = np.clip(canvas.pixels, 0.0, 1.0)
    apply_style(canvas, spec, light)
    canvas.pixels = grade(canvas.pixels, spec.palette)
    return canvas.bytes()


def _paint_weather(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """What hangs or falls between the viewer and the view."""
    if spec.weather == "misty":
        banks = fractal(spec.rng("mist"), canvas.shape, (5.0, 1.2), 4)
        lying = np.exp(-(((canvas.y - 0.55) / 0.2) ** 2)).astype(np.float32)
        canvas.paint(np.clip(lying * (0.5 + 0.45 * banks), 0, 1), mix(light.horizon, light.air, 0.5), 0.85)
        canvas.paint(np.ones(canvas.shape, np.float32), light.air, 0.14)
    elif spec.weather == "rain":
        streaks = fractal(spec.rng("rain"), canvas.shape, (3.0, 40.0), 2)
        canvas.paint(np.ones(canvas.shape, np.float32), light.air * 0.86, 0.14)
        canvas.paint(smoothstep(0.05, 0.9, streaks), mix(light.air, rgb(255, 255, 255), 0.25), 0.13)
    elif spec.weather == "snow":
        rng = spec.rng("snow")
        for scale, strength in ((8.0, 0.75), (13.0, 0.55)):
            cover, luck = dots(rng, canvas.x * scale + 0 * canvas.y, canvas.y * scale + 0 * canvas.x, 0.115, 0.4)
            canvas.paint(cover * (0.5 + 0.5 * luck), rgb(250, 251, 255) * (0.8 if light.night else 1.0), strength)
