"""Indoors and safe: a window on a calm view, a table, a plant, a cup, light on the wall; a lamp after dark."""

from dataclasses import replace

import numpy as np

from ml.scenes.air import paint_air
from ml.scenes.canvas import Canvas, mix, rgb
from ml.scenes.kinds.fields import paint_meadow
from ml.scenes.kinds.heights import paint_mountains
from ml.scenes.kinds.panes import paint_panes
from ml.scenes.kinds.waters import paint_lake
from ml.scenes.light import Light
from ml.scenes.noise import Array, smoothstep
from ml.scenes.spec import SceneSpec

_WALLS = (rgb(226, 208, 186), rgb(206, 212, 204), rgb(214, 204, 216), rgb(232, 216, 196))


def view_kind(spec: SceneSpec) -> str:
    """What lies outside the window: meadow, lake or mountains."""
    return ("meadow", "lake", "mountains")[int(spec.rng("view").integers(3))]


def paint_room(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """Wall, window with its view, curtains, table and what stands on it, then the light."""
    rng = spec.rng("room")
    indoor = _indoors(spec, light)
    wall = _WALLS[int(rng.integers(len(_WALLS)))] * indoor
    away = smoothstep(0.9, 0.1, np.abs(canvas.x / canvas.aspect - 0.5) + 0 * canvas.y)
    canvas.pixels[:] = mix(wall * 0.72, wall, away[..., None])
    left, right = (float(rng.uniform(a, b)) * canvas.aspect for a, b in ((0.1, 0.17), (0.83, 0.9)))
    frame = (left, 0.06, right, 0.7)
    _paint_window(canvas, spec, light, frame, wall)
    _paint_curtains(canvas, spec, left, right, indoor)
    _paint_table(canvas, spec, indoor)
    if light.shadow:
        _paint_sunlight(canvas, light, frame)
    if light.night or spec.time == "dusk":
        _paint_lamp(canvas, float(rng.choice([0.1, 0.9])) * canvas.aspect)


def _indoors(spec: SceneSpec, light: Light) -> Array:
    """What the light in the room multiplies its things by: the hour's, and lamp light after dark."""
    daylight = np.clip(light.ambient * 0.62 + 0.34, 0, 1)
    if light.night:
        return rgb(172, 132, 102)
    if spec.time == "dusk":
        return mix(daylight, rgb(214, 168, 150), 0.5)
    return np.asarray(daylight, dtype=np.float32)


def _paint_sunlight(canvas: Canvas, light: Light, frame: tuple[float, float, float, float]) -> None:
    """A clear sun's or moon's light through the window, slanting over the table, crossed by the bars."""
    left, _, right, bottom = frame
    slant = 0.9 if light.sun_x < 0.5 else -0.9
    along = canvas.x - slant * (canvas.y - bottom)
    fade = max(3 * canvas.pixel, 0.012)
    lit = smoothstep(left, left + fade, along) * smoothstep(right, right - fade, along)
    bar = smoothstep(0.03, 0.012, np.abs(along - (left + right) / 2))
    canvas.glow(lit * (1 - 0.8 * bar) * canvas.below(0.84), light.sun, 0.2 if light.night else 0.4)


def _paint_window(
    canvas: Canvas, spec: SceneSpec, light: Light, frame: tuple[float, float, float, float], wall: Array
) -> None:
    """The view, painted as a picture of its own, behind a white frame with bars."""
    left, top, right, bottom = frame
    view = Canvas(canvas.shape[1], canvas.shape[0])
    painters = {"meadow": paint_meadow, "lake": paint_lake, "mountains": paint_mountains}
    outside = replace(spec, seed=spec.seed ^ 0x5EED)
    painters[view_kind(spec)](view, outside, light)
    paint_air(view, outside, light)
    paint = mix(wall, rgb(255, 250, 240) * wall.mean() * 1.25, 0.7)
    canvas.paint(canvas.box(left - 0.03, top - 0.03, right + 0.03, bottom + 0.03), paint * 0.96)
    pane = canvas.box(left, top, right, bottom)
    canvas.paint(pane, view.pixels)
    canvas.open = pane
    paint_panes(canvas, spec, light, frame)
    middle = (left + right) / 2
    canvas.paint(canvas.box(middle - 0.009, top, middle + 0.009, bottom), paint)
    canvas.paint(canvas.box(left, top + 0.2, right, top + 0.216), paint)
    canvas.paint(canvas.box(left - 0.06, bottom, right + 0.06, bottom + 0.035), paint)
    canvas.paint(canvas.box(left - 0.06, bottom + 0.035, right + 0.06, bottom + 0.06, 0.02), wall * 0.6, 0.5)


def _paint_curtains(canvas: Canvas, spec: SceneSpec, left: float, right: float, indoor: Array) -> None:
    """Two soft falls of cloth beside the window."""
    rng = spec.rng("curtain")
    cloth = mix(rgb(238, 226, 208), rgb(*(int(v) for v in rng.integers(150, 220, 3))), 0.4) * indoor
    for side, edge in ((-1.0, left), (1.0, right)):
        inner = edge - side * (0.0 + 0.03 * np.sin(canvas.y * 3.0))
        width = 0.13
        offset = (canvas.x - inner) * side / width
        mask = smoothstep(-0.06, 0.0, np.asarray(offset, np.float32)) * smoothstep(
            1.06, 1.0, np.asarray(offset, np.float32)
        )
        folds = 0.86 + 0.14 * np.sin(offset * 19.0 + canvas.y * 1.2)
        canvas.paint(mask * (1 - canvas.below(0.78, 0.01)), np.asarray(cloth * folds[..., None], np.float32), 0.95)


def _paint_table(canvas: Canvas, spec: SceneSpec, indoor: Array) -> None:
    """A wooden table along the lower edge with a plant and a cup."""
    rng = spec.rng("table")
    wood = mix(rgb(150, 108, 78), rgb(196, 156, 116), float(rng.uniform(0, 1))) * indoor
    edge = np.full(canvas.shape[1], 0.84, dtype=np.float32)
    fall = np.clip((canvas.y - 0.84) / 0.16, 0, 1)[..., None]
    canvas.paint(
        canvas.below(edge), mix(wood * 1.08, wood * 0.72, np.asarray(fall + 0 * canvas.x[..., None], np.float32))
    )
    sides = (0.3, 0.68) if rng.uniform() < 0.5 else (0.68, 0.3)
    _paint_plant(canvas, spec, sides[0] * canvas.aspect, indoor)
    _paint_cup(canvas, sides[1] * canvas.aspect, indoor)


def _paint_plant(canvas: Canvas, spec: SceneSpec, x: float, indoor: Array) -> None:
    """Long leaves arching out of a clay pot."""
    rng = spec.rng("plant")
    green = rgb(104, 142, 94) * indoor
    for _ in range(11):
        lean, height = float(rng.uniform(-0.17, 0.17)), float(rng.uniform(0.16, 0.34))
        t = np.clip((0.77 - canvas.y) / height, 0.0, 1.0)
        half = 0.019 * np.sin(np.pi * np.clip(t * 0.94 + 0.06, 0, 1))
        across = np.abs(canvas.x - x - lean * t**1.6)
        mask = smoothstep(canvas.pixel, -canvas.pixel, np.asarray(across - half, np.float32)) * (1 - canvas.below(0.77))
        canvas.paint(mask * canvas.below(0.77 - height), green * float(rng.uniform(0.68, 1.2)))
    half = 0.075 - 0.16 * np.clip(canvas.y - 0.75, 0, 1)
    pot = smoothstep(canvas.pixel, -canvas.pixel, np.asarray(np.abs(canvas.x - x) - half, np.float32))
    lit = smoothstep(0.08, -0.08, canvas.x - x + 0 * canvas.y)[..., None]
    clay = rgb(196, 128, 96) * indoor
    canvas.paint(pot * canvas.below(0.75) * (1 - canvas.below(0.9)), mix(clay * 0.72, clay * 1.05, lit))


def _paint_cup(canvas: Canvas, x: float, indoor: Array) -> None:
    """A cup, and the steam over it."""
    glaze = rgb(238, 234, 224) * indoor
    shade = smoothstep(-0.06, 0.06, canvas.x - x + 0 * canvas.y)[..., None]
    canvas.paint(canvas.disc(x + 0.058, 0.87, 0.028) - canvas.disc(x + 0.058, 0.87, 0.015), glaze * 0.85)
    canvas.paint(canvas.box(x - 0.055, 0.83, x + 0.055, 0.915, 0.006), mix(glaze, glaze * 0.74, shade))
    sway = x + 0.018 * np.sin(canvas.y * 24.0)
    steam = (
        np.exp(-(((canvas.x - sway) / 0.022) ** 2))
        * smoothstep(0.83, 0.78, canvas.y)
        * smoothstep(0.62, 0.76, canvas.y)
    )
    canvas.glow(np.asarray(steam, np.float32), rgb(255, 250, 244), 0.25)


def _paint_lamp(canvas: Canvas, x: float) -> None:
    """Lamp light from one side: a warm pool on the wall."""
    distance = np.sqrt((canvas.x - x) ** 2 + (canvas.y - 0.5) ** 2).astype(np.float32)
    canvas.glow(np.exp(-((distance / 0.5) ** 2)), rgb(255, 196, 120), 0.42)
    half = 0.06 + 0.1 * np.clip(canvas.y - 0.42, 0, 0.14)
    shade = smoothstep(canvas.pixel * 2, -canvas.pixel * 2, np.asarray(np.abs(canvas.x - x) - half, np.float32))
    canvas.paint(shade * canvas.below(0.42) * (1 - canvas.below(0.56)), rgb(255, 226, 168), 0.95)
    canvas.paint(canvas.box(x - 0.007, 0.56, x + 0.007, 0.86), rgb(120, 84, 58))
