"""A data set that `build` made, opened for training: checked byte for byte, squared, with captions."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from ml.weights import shelf

Part = Literal["training", "held_out"]
_PARTS: Final = ("training", "held_out")


class NoSuchPictures(Exception):
    """No data set there, or it was changed since it was built. Build it again."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """A checked data set.

    Attributes:
        label: name@sha256[:8] of its manifest.
        files: (part, path, caption) of each picture, in the manifest's order.
        reviewed_by: who looked at each for what no layer here can see, if anybody did.
    """

    label: str
    files: tuple[tuple[str, Path, str], ...]
    not_judged: tuple[str, ...]
    reviewed_by: str | None

    def of(self, part: Part) -> list[tuple[Path, str]]:
        """Path and caption of one part's pictures."""
        return [(path, caption) for held, path, caption in self.files if held == part]


def open_pictures(folder: Path) -> Pictures:
    """Check and open.

    Raises:
        NoSuchPictures
    """
    try:
        label = shelf.take(folder.name, folder=folder).label
        facts = json.loads((folder / "manifest.json").read_bytes())
        files = tuple((row["part"], folder / row["file"], row["caption"]) for row in facts["pictures"])
        found = Pictures(label, files, tuple(facts["not_judged"]), facts["reviewed_by"])
    except (shelf.WeightsMissing, shelf.WeightsAltered, KeyError, TypeError, ValueError) as error:
        raise NoSuchPictures(f"{folder} is no data set of ml.imaging.finetune.build: {error}") from error
    if {part for part, _, _ in files} != set(_PARTS):
        raise NoSuchPictures(f"{folder} lacks pictures to train on, or held-out ones")
    return found


def squared(path: Path, side: int) -> npt.NDArray[np.uint8]:
    """The middle square of a picture, (side, side, 3) RGB bytes."""
    with Image.open(path) as image:
        least = min(image.size)
        left, top = (image.width - least) // 2, (image.height - least) // 2
        middle = image.convert("RGB").crop((left, top, left + least, top + least))
        return np.asarray(middle.resize((side, side), Image.Resampling.LANCZOS))
