"""A small town: gabled roofs climbing a hill, windows lit when the light goes."""

import numpy as np

from ml.scenes.air import paint_bank
from ml.scenes.canvas import Canvas, mix, rgb
from ml.scenes.kinds.fields import paint_far_hills
from ml.scenes.land import paint_layer, treeline
from ml.scenes.light import SNOW, Light
from ml.scenes.noise import WIDEST, Array, smoothstep
from ml.scenes.sky import paint_sky
from ml.scenes.spec import SceneSpec
from ml.scenes.water import paint_water

_WALLS = np.stack([rgb(238, 222, 196), rgb(226, 196, 160), rgb(212, 172, 148), rgb(232, 228, 216), rgb(196, 190, 184)])
_ROOFS = np.stack([rgb(176, 98, 74), rgb(152, 88, 76), rgb(122, 96, 92), rgb(188, 122, 84)])
_WARM = rgb(255, 214, 130)


def by_water(spec: SceneSpec) -> bool:
    """Whether the town stands at a quay."""
    return bool(spec.rng("town").uniform() < 0.5)


def paint_town(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """Hills, three rows of houses, and a quay or trees in front."""
    paint_sky(canvas, spec, light, 0.5)
    paint_far_hills(canvas, spec, light, 0.46)
    foot = 0.72 if by_water(spec) else 0.86
    for row, distance in enumerate((0.5, 0.3, 0.12)):
        _paint_row(canvas, spec, light, row, distance, foot - (0.2, 0.1, 0.0)[row])
        if row < 2:
            paint_bank(canvas, spec, light, f"row{row}", foot - (0.2, 0.1)[row] - 0.04, 0.75)
    if by_water(spec):
        paint_water(canvas, spec, light, foot, canvas.below(foot), 0.4, 0.78)
        canvas.paint(canvas.box(-1, foot - 0.012, 9, foot + 0.012, 0.004), light.on(rgb(132, 120, 112), 0.1))
    else:
        top = 0.9 - treeline(spec, "bushes", canvas, 0.12, 0.14, pointed=False)
        leaf = light.on(light.leaves[0] * 0.6, 0.08)
        paint_layer(canvas, np.asarray(top, np.float32), leaf, leaf * 0.6, 0.2, 1.0)
        if light.snowy:
            canvas.paint(canvas.below(top) * (1 - canvas.below(top + 0.03, 0.01)), light.on(SNOW, 0.1), 0.85)


def _paint_row(canvas: Canvas, spec: SceneSpec, light: Light, row: int, distance: float, foot: float) -> None:
    """One row of houses side by side: walls, roofs, windows, mist at the foot."""
    rng = spec.rng(f"row{row}")
    width = (0.11, 0.14, 0.18)[row]
    edges = np.cumsum(width * rng.uniform(0.75, 1.3, int(WIDEST / width) + 6)) - width
    count = len(edges)
    house = np.clip(np.searchsorted(edges, canvas.x[0]) - 1, 0, count - 2)
    span = (edges[1:] - edges[:-1])[house]
    along = ((canvas.x[0] - edges[house]) / span).astype(np.float32)
    eaves = (foot - width * rng.uniform(0.7, 1.5, count)[house]).astype(np.float32)
    gable = np.where(
        rng.uniform(0, 1, count)[house] < 0.7,
        1 - np.abs(2 * along - 1),
        np.minimum(1, 6 * np.minimum(along, 1 - along)) * 0.5,
    )
    ridge = (eaves - gable * span * 0.62).astype(np.float32)
    lit = np.where(light.sun_x * canvas.aspect < canvas.x[0], 1.0, 0.94)[:, None].astype(np.float32)
    wall = light.on(_WALLS[rng.integers(0, len(_WALLS), count)[house]] * lit, distance)
    roof = light.on(_ROOFS[rng.integers(0, len(_ROOFS), count)[house]], distance)
    if light.snowy:
        roof = mix(roof, light.on(SNOW, distance), 0.92)
    standing = 1 - canvas.below(foot)
    canvas.paint(canvas.below(ridge) * standing, roof[None])
    depth = np.clip((canvas.y - eaves) / (foot - eaves), 0, 1)[..., None]
    canvas.paint(canvas.below(eaves) * standing, mix(wall[None], (wall * 0.86)[None], np.asarray(depth, np.float32)))
    _paint_windows(canvas, light, rng, (along, eaves, house), (span, foot, distance))


def _paint_windows(
    canvas: Canvas,
    light: Light,
    rng: np.random.Generator,
    place: tuple[Array, Array, Array],
    size: tuple[Array, float, float],
) -> None:
    """Two windows a floor; warm light behind most of them from dusk on."""
    (along, eaves, house), (span, foot, distance) = place, size
    floors = np.asarray((canvas.y - eaves) / (span * 0.52), dtype=np.float32)
    u, v = (along * 2) % 1.0 - 0.5, floors % 1.0 - 0.5
    soft = 1.2 * canvas.pixel / np.maximum(span, 0.01)
    mask = smoothstep(0.2, 0.2 - 0.06, np.abs(u) + 0 * canvas.y - soft) * smoothstep(0.3, 0.3 - 0.08, np.abs(v) - soft)
    mask = mask * canvas.below(eaves + 0.012) * (1 - canvas.below(foot - 0.018))
    code = (house * 7 + (along * 2).astype(int) * 3)[None, :] + np.clip(floors, 0, 9).astype(int) * 5
    awake = rng.uniform(0, 1, 97)[code % 97]
    dark_outside = light.night or float(light.ambient.mean()) < 0.6
    glowing = mask * (awake < (0.62 if dark_outside else 0.06))
    canvas.paint(mask, light.on(rgb(74, 80, 96), distance), 0.6)
    canvas.paint(glowing, mix(_WARM, light.air, distance * 0.4), 0.95 if dark_outside else 0.6)
