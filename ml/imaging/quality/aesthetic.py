"""An aesthetic score that no human rated: how near a picture lies to the vetted scenes in five statistics.

An AI agent looked at the vetted scenes one by one and kept them (docs/scenes); how light, rich and detailed they are is
measured, by style, and stands in `vetted.json`: `python -m ml.imaging.quality.measure` writes it anew. A score says
that a picture is not unusual among them. It says nothing of composition, meaning or whether anybody likes it.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.imaging.quality.statistics import NAMES, Floats, statistics

REFERENCE: Final = Path(__file__).parent / "vetted.json"
ANY: Final = "any"
"""Where the style is not known: all vetted scenes together."""


def aesthetic(pixels: npt.NDArray[np.uint8], style: str = ANY) -> Floats:
    """(N, H, W, 3) RGB bytes to (N,) scores in (0, 1]: exp(-mean z² / 4) over the statistics, 1 at the middle.

    z counts the vetted scenes' own deviations (half of what lies between their 16th and 84th percentile). Raises
    KeyError for a style that the reference lacks.
    """
    middle, spread = _reference()[style]
    distances = (statistics(pixels) - middle) / spread
    return np.asarray(np.exp(-(distances**2).mean(axis=1) / 4))


@lru_cache(maxsize=1)
def _reference() -> dict[str, tuple[Floats, Floats]]:
    """Style to the middle and the spread of each statistic."""
    stored = json.loads(REFERENCE.read_text(encoding="utf-8"))["styles"]
    return {
        style: tuple(np.array([entry[name][part] for name in NAMES]) for part in ("middle", "spread"))  # type: ignore[misc]
        for style, entry in stored.items()
    }
