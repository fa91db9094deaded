"""Both scores of a picture: how well it fits what was asked, and how it compares with vetted scenes."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from ml.imaging.probe.reader import Probe
from ml.imaging.quality.aesthetic import ANY, aesthetic
from ml.imaging.quality.fit import Fit, ProbeFit
from ml.scenes.wording import read
from ml.weights.shelf import WeightsMissing

Pixels = npt.NDArray[np.uint8]


class Scorer:
    """Scores single pictures. The probe may be shared by threads; the CLIP, whose tokenizer keeps a state, may not."""

    def __init__(self, fit: Fit | None) -> None:
        """Use `load`; without a judge of fit, pictures are compared by the aesthetic score alone."""
        self._fit = fit

    @classmethod
    def load(cls, *, clip: Path | None = None, probe: Path | None = None) -> "Scorer":
        """With the tiny CLIP when its folder is given, else with the probe; with neither, of looks alone.

        Raises:
            WeightsAltered, ProbeOutdated: what is here is not what it says.
            WeightsMissing: the folder that was given has none.
        """
        if clip is not None:
            from ml.imaging.clip.scorer import Clip
            from ml.imaging.quality.fit import ClipFit

            return cls(ClipFit(Clip.load(clip)))
        try:
            return cls(ProbeFit(Probe.load(probe)))
        except WeightsMissing:
            if probe is not None:
                raise
            return cls(None)

    @property
    def by(self) -> str:
        """Which weights judge how well a picture fits, name@sha256[:8]; empty without."""
        return "" if self._fit is None else self._fit.label

    def fit(self, pixels: Pixels, asked: str) -> float | None:
        """(H, W, 3) RGB bytes against the words that the painter was given: [0, 1], or None where that isn't judged."""
        scores = None if self._fit is None else self._fit.scores(pixels[None], asked)
        return None if scores is None else float(scores[0])

    def aesthetic(self, pixels: Pixels, asked: str) -> float:
        """(0, 1], among vetted scenes of the style that the words name."""
        return float(aesthetic(pixels[None], read(asked).found.get("style", ANY))[0])
