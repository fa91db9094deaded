"""The training pictures: scenes rendered once into a file that grows while the trainings already read it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.scenes.render import render
from ml.scenes.spec import KINDS, PALETTES, SEASONS, STYLES, TIMES, WEATHERS, SceneSpec, held_out, sample

SIZE: Final = 128
VOCABULARIES: Final = (KINDS, TIMES, WEATHERS, SEASONS, PALETTES, STYLES)


@dataclass(frozen=True)
class Scenes:
    """Rendered scenes on disk, read as they are needed.

    Attributes:
        pixels: (capacity, SIZE, SIZE, 3) uint8, memory-mapped; rows from `count` on are not yet painted.
        words: (capacity, 6) uint8, indices into `VOCABULARIES`.
    """

    folder: Path
    pixels: npt.NDArray[np.uint8]
    words: npt.NDArray[np.uint8]

    @property
    def count(self) -> int:
        """How many scenes are painted by now."""
        return int((self.folder / "count").read_text())

    def spec(self, row: int) -> SceneSpec:
        """The attributes of one scene; its seed is not kept."""
        words = (names[int(index)] for names, index in zip(VOCABULARIES, self.words[row], strict=True))
        kind, time, weather, season, palette, style = words
        return SceneSpec(kind, time, weather, season, palette, style)


def open_scenes(folder: Path) -> Scenes:
    """Open what `paint_scenes` made or is making.

    Raises:
        FileNotFoundError: nothing was painted there yet.
    """
    pixels = np.load(folder / "pixels.npy", mmap_mode="r")
    return Scenes(folder, pixels, np.load(folder / "words.npy", mmap_mode="r"))


def paint_scenes(folder: Path, capacity: int, seed: int) -> None:
    """Render training scenes, leaving out held-out combinations; goes on where it was stopped."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "count").exists():
        np.lib.format.open_memmap(folder / "pixels.npy", "w+", np.uint8, (capacity, SIZE, SIZE, 3)).flush()
        np.lib.format.open_memmap(folder / "words.npy", "w+", np.uint8, (capacity, len(VOCABULARIES))).flush()
        (folder / "count").write_text("0")
    pixels = np.load(folder / "pixels.npy", mmap_mode="r+")
    words = np.load(folder / "words.npy", mmap_mode="r+")
    for row in range(int((folder / "count").read_text()), len(pixels)):
        spec = training_spec(seed, row)
        pixels[row] = render(spec, SIZE, SIZE)
        words[row] = [names.index(word) for names, word in zip(VOCABULARIES, spec.words(), strict=True)]
        if row % 50 == 49 or row == len(pixels) - 1:
            _advance(folder, row + 1)


def training_spec(seed: int, row: int) -> SceneSpec:
    """The row's scene: the first draw that is not held out."""
    rng = np.random.default_rng((seed, row))
    spec = sample(rng)
    while held_out(spec):
        spec = sample(rng)
    return spec


def _advance(folder: Path, count: int) -> None:
    """Replace the counter in one step, so that a reader never sees half a number."""
    (folder / "count.new").write_text(str(count))
    (folder / "count.new").rename(folder / "count")
