"""The vetted library: scenes that an AI agent looked at one by one (docs/scenes), rendered when they are needed.

What the painter cannot draw, or must not, is answered from here. Torch-free; a picture takes a few tenths of a second.
"""

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from ml.scenes.captions import alt_text
from ml.scenes.render import render as render_scene
from ml.scenes.spec import SceneSpec
from ml.scenes.tags import moods_of, techniques_of, triggers_of

_FILE: Final = Path(__file__).parent / "library.csv"
_WEIGHTS: Final = (6.0, 3.0, 2.0, 1.0, 1.5, 1.5)
"""What a match in kind, time, weather, season, palette and style is worth."""


@dataclass(frozen=True, slots=True)
class VettedScene:
    """One scene of the library. `tags` are triggers it may touch, in the words of `ml/prompting/triggers.toml`."""

    id: str
    spec: SceneSpec
    alt: str
    tags: frozenset[str]
    moods: frozenset[str]
    techniques: frozenset[str]

    def pixels(self, width: int = 768, height: int = 512) -> npt.NDArray[np.uint8]:
        """(height, width, 3) RGB bytes; the same each time."""
        return render_scene(self.spec, width, height)

    def render(self, width: int = 768, height: int = 512) -> bytes:
        """A WebP file."""
        out = io.BytesIO()
        Image.fromarray(self.pixels(width, height)).save(out, "WEBP", quality=88, method=4)
        return out.getvalue()


@lru_cache(maxsize=1)
def entries() -> tuple[VettedScene, ...]:
    """The whole library, in the file's order."""
    with _FILE.open(newline="", encoding="utf-8") as lines:
        return tuple(_entry(row) for row in csv.DictReader(lines))


def _entry(row: dict[str, str]) -> VettedScene:
    words = (row[name] for name in ("kind", "time", "weather", "season", "palette", "style"))
    kind, time, weather, season, palette, style = words
    spec = SceneSpec(kind, time, weather, season, palette, style, int(row["seed"]))
    return VettedScene(row["id"], spec, alt_text(spec), triggers_of(spec), moods_of(spec), techniques_of(spec))


def by_id(scene_id: str) -> VettedScene:
    """Look one up; raises LookupError when it is not (or no longer) in the library."""
    for entry in entries():
        if entry.id == scene_id:
            return entry
    raise LookupError("no such scene in the library")


def standing(tags_excluded: Collection[str]) -> tuple[VettedScene, ...]:
    """Scenes that touch none of the excluded tags; a scene's kind counts as a tag, too.

    Raises:
        LookupError: the exclusions leave nothing; the caller shows words instead.
    """
    excluded = frozenset(tags_excluded)
    left = tuple(entry for entry in entries() if not excluded & (entry.tags | {entry.spec.kind}))
    if not left:
        raise LookupError("every vetted scene is excluded")
    return left


def pick(tags_excluded: Collection[str] = (), mood: str | None = None, seed: int = 0) -> VettedScene:
    """One scene for a mood (any mood when none fits), repeatable by seed. Raises LookupError as `standing` does."""
    left = standing(tags_excluded)
    fitting = tuple(entry for entry in left if mood in entry.moods) or left
    return fitting[int(np.random.default_rng(seed).integers(len(fitting)))]


def nearest(spec: SceneSpec, tags_excluded: Collection[str] = ()) -> VettedScene:
    """The scene that shares most with the one asked for; ties fall by the seed. Raises as `standing` does."""
    left = standing(tags_excluded)
    luck = np.random.default_rng(spec.seed).uniform(0.0, 0.5, len(left))
    scores = [_likeness(entry.spec, spec) + chance for entry, chance in zip(left, luck, strict=True)]
    return left[int(np.argmax(scores))]


def _likeness(one: SceneSpec, other: SceneSpec) -> float:
    pairs = zip(_WEIGHTS, one.words(), other.words(), strict=True)
    return sum(weight for weight, mine, theirs in pairs if mine == theirs)


def render(entry: VettedScene, width: int = 768, height: int = 512) -> npt.NDArray[np.uint8]:
    """The entry's pixels, (height, width, 3)."""
    return entry.pixels(width, height)
