"""Several data sets learned from as one, each shown as often as its weight says."""

from collections.abc import Sequence
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.emotion.data.labelled import LabelledFaces


class Mixture:
    """The rows of all `parts`, one part after the other; `factors` say how often an epoch shows each part's faces.

    A kind of :class:`~ml.emotion.data.labelled.LabelledFaces`. Faces come out at the largest side and the most
    channels of any part, since a batch mixes them: small ones are enlarged, grey ones repeated.
    """

    def __init__(self, parts: Sequence[LabelledFaces], factors: Sequence[float]) -> None:
        self.parts, self.factors = tuple(parts), tuple(factors)
        self.labels = np.concatenate([part.labels for part in parts])
        pairs = zip(parts, factors, strict=True)
        self.weights: NDArray[np.float64] = np.concatenate([part.weights * factor for part, factor in pairs])
        self.shape = (max(part.shape[0] for part in parts), max(part.shape[1] for part in parts))
        self._owners = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        self._starts = np.cumsum([0, *(len(part) for part in parts)])

    def __len__(self) -> int:
        return len(self.labels)

    def pick(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Self:
        # a part's rows stay together, in the order given
        chosen: NDArray[np.intp] = np.arange(len(self))[rows]
        return type(self)([part.pick(self._of(place, chosen)) for place, part in enumerate(self.parts)], self.factors)

    def soft_targets(self) -> NDArray[np.float32]:
        return np.concatenate([part.soft_targets() for part in self.parts])

    def digests(self) -> list[bytes]:
        return [digest for part in self.parts for digest in part.digests()]

    def take(self, rows: NDArray[np.intp]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        channels, side = self.shape
        pictures = np.empty((len(rows), channels, side, side), np.uint8)
        good = np.zeros(len(rows), bool)
        for place, part in enumerate(self.parts):
            where = np.flatnonzero(self._owners[rows] == place)
            if len(where):
                taken, good[where] = part.take(self._of(place, rows))
                pictures[where[good[where]]] = _fitted(taken, side)  # one channel spreads over three
        return pictures[good], good

    def _of(self, place: int, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """The rows of one part, in its own numbers."""
        own: NDArray[np.intp] = rows[self._owners[rows] == place] - self._starts[place]
        return own


def _fitted(pictures: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    if pictures.shape[-1] == side:
        return pictures
    planes = [cv2.resize(plane, (side, side)) for plane in pictures.reshape(-1, *pictures.shape[2:])]
    return np.stack(planes).astype(np.uint8).reshape(*pictures.shape[:2], side, side)
