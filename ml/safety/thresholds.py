"""Thresholds refitted from ratings, in place of those in the layers' own files. None until someone installs them."""

import tomllib
from pathlib import Path
from typing import Final

_refitted: Final[dict[str, float]] = {}


class ThresholdOutOfRange(ValueError):
    """A threshold lies in (0, 1]; at 0 everything would be refused, beyond 1 nothing."""


def refused_from(label: str, standard: float) -> float:
    """The score from which a label refuses: as refitted, but never laxer than the layer's own file says."""
    return min(_refitted.get(label, standard), standard)


def install(path: Path | None) -> int:
    """Take over the thresholds of a file that `ml.safety.refit` wrote, or none; how many.

    Raises:
        OSError, tomllib.TOMLDecodeError, ThresholdOutOfRange: the file is no such file; what stood before stands.
    """
    found = {} if path is None else read(path)
    _refitted.clear()
    _refitted.update(found)
    return len(_refitted)


def read(path: Path) -> dict[str, float]:
    """The thresholds of a file, by label. Raises as `install`."""
    found = tomllib.loads(path.read_text("utf-8"))["refused_from"]
    for label, value in found.items():
        if not 0 < float(value) <= 1:
            raise ThresholdOutOfRange(label)
    return {label: float(value) for label, value in found.items()}
