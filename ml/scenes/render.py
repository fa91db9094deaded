"""From a scene's name to pixels."""

import numpy as np
import numpy.typing as npt

from ml.scenes.air import paint_air
from ml.scenes.canvas import Canvas
from ml.scenes.falling import paint_falling
from ml.scenes.kinds import PAINTERS
from ml.scenes.light import light_of
from ml.scenes.palette import grade
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
        paint_air(canvas, spec, light)
    canvas.pixels = np.clip(canvas.pixels, 0.0, 1.0)
    apply_style(canvas, spec, light)
    # Rain and flakes come after the brush: its smear would turn them into drips and blots.
    paint_falling(canvas, spec, light)
    canvas.pixels = grade(canvas.pixels, spec.palette)
    return canvas.bytes()
