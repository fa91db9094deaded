"""Opens the data that a run names: ``DIR`` or ``DIR:weight``, one or several, in any layout that we read."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ml.emotion.config import EmotionConfig
from ml.emotion.data.affectnet import find_affectnet
from ml.emotion.data.labelled import LabelledFaces
from ml.emotion.data.layouts import load_faces
from ml.emotion.data.mixture import Mixture
from ml.emotion.data.rafdb import find_raf_db

_LEAST_SIDE: Final = 48
"""Files are read no smaller than FER-2013's pictures, so that turning and shifting have something to work on."""


@dataclass(frozen=True)
class Source:
    """A folder, and how many times an epoch shows each of its faces."""

    folder: Path
    weight: float = 1.0

    @classmethod
    def parse(cls, text: str) -> "Source":
        """A folder of exactly this name, else the part after the last colon as weight. Raises ValueError below 0."""
        folder, colon, weight = text.rpartition(":")
        if Path(text).exists() or not colon or not _is_number(weight):
            return cls(Path(text))
        if not 0 < float(weight) < math.inf:
            raise ValueError(f"{text}: a weight is a number above 0")
        return cls(Path(folder), float(weight))

    def __str__(self) -> str:
        return f"{self.folder}:{self.weight:g}"


def open_faces(sources: Sequence[Source], part: str, config: EmotionConfig) -> LabelledFaces:
    """The faces of `part` of all sources; those in files come at the configuration's channels and size.

    Raises:
        NoSuchData: a folder holds no layout that we read, or is broken.
    """
    shape = (config.channels, max(_LEAST_SIDE, config.input_size))
    parts = [_open(source.folder, part, shape) for source in sources]
    if len(parts) == 1 and sources[0].weight == 1:
        return parts[0]
    return Mixture(parts, [source.weight for source in sources])


def _open(folder: Path, part: str, shape: tuple[int, int]) -> LabelledFaces:
    found = find_affectnet(folder, part, shape) or find_raf_db(folder, part, shape)
    return found or load_faces(folder, part)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
