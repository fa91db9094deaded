"""How well a picture fits what was asked: the probe's word, or the tiny CLIP's where one is here."""

from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import numpy.typing as npt

from ml.imaging.probe.reader import Probe
from ml.scenes.wording import read

if TYPE_CHECKING:
    from ml.imaging.clip.scorer import Clip

Pixels = npt.NDArray[np.uint8]
_LEAST: Final = 1e-4
"""Least probability that counts: one attribute that is surely wrong must not hide how the others came out."""


class Fit(Protocol):
    """Judges (N, H, W, 3) RGB bytes against the words that the painter was given."""

    label: str

    def scores(self, pixels: Pixels, asked: str) -> npt.NDArray[np.float32] | None:
        """(N,) in [0, 1]; None where nothing that was asked can be judged."""


class ProbeFit:
    """The geometric mean of the probabilities of all attributes that the words name."""

    def __init__(self, probe: Probe) -> None:
        self.label, self._probe = probe.label, probe

    def scores(self, pixels: Pixels, asked: str) -> npt.NDArray[np.float32] | None:
        """See `Fit`."""
        found = read(asked).found
        if not found:
            return None
        reading = self._probe.read(pixels)
        columns = [
            [max(reading.probability(row, name, word), _LEAST) for name, word in found.items()]
            for row in range(len(pixels))
        ]
        return np.asarray(np.exp(np.log(columns).mean(axis=1)), np.float32)


class ClipFit:
    """The cosine of picture and words, brought from [-1, 1] to [0, 1]."""

    def __init__(self, clip: "Clip") -> None:
        self.label, self._clip = clip.label, clip

    def scores(self, pixels: Pixels, asked: str) -> npt.NDArray[np.float32] | None:
        """See `Fit`; it reads no other words than the painter's."""
        if not read(asked).found:
            return None
        return np.asarray((1.0 + self._clip.cosines(pixels, asked)) / 2.0, np.float32)
