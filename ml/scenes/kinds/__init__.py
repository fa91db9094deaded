"""One painter a kind of place. Each takes the canvas, the scene's name and its light, and paints back to front."""

from collections.abc import Callable
from typing import Final

from ml.scenes.canvas import Canvas
from ml.scenes.kinds.fields import paint_garden, paint_meadow, paint_path
from ml.scenes.kinds.forest import paint_forest
from ml.scenes.kinds.heights import paint_desert, paint_mountains, paint_night_sky
from ml.scenes.kinds.room import paint_room
from ml.scenes.kinds.sea import paint_sea
from ml.scenes.kinds.town import paint_town
from ml.scenes.kinds.waters import paint_lake, paint_river
from ml.scenes.light import Light
from ml.scenes.spec import SceneSpec

PAINTERS: Final[dict[str, Callable[[Canvas, SceneSpec, Light], None]]] = {
    "sea": paint_sea,
    "lake": paint_lake,
    "river": paint_river,
    "forest": paint_forest,
    "meadow": paint_meadow,
    "mountains": paint_mountains,
    "garden": paint_garden,
    "path": paint_path,
    "night_sky": paint_night_sky,
    "desert": paint_desert,
    "room": paint_room,
    "town": paint_town,
}
