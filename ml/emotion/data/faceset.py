"""Labelled stills in memory, and the soft targets that training learns from."""

import hashlib
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from ml.vocabulary import EMOTIONS

_LEAST_VOTES: Final = 3
"""Fewer valid votes than this say too little: such a row keeps its original label only."""


@dataclass(frozen=True)
class FaceSet:
    """N grey faces: `images` (N, 48, 48) uint8, `labels` (N,) in EMOTIONS order, `votes` (N, 7) counted by annotators.

    `votes` is all zero where no one voted (every layout but FER+). One of the kinds of
    :class:`~ml.emotion.data.labelled.LabelledFaces`.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    votes: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def weights(self) -> NDArray[np.float64]:
        return np.ones(len(self))

    @property
    def shape(self) -> tuple[int, int]:
        return 1, self.images.shape[-1]

    def pick(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Self:
        return type(self)(self.images[rows], self.labels[rows], self.votes[rows])

    def take(self, rows: NDArray[np.intp]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        return self.images[rows][:, None], np.ones(len(rows), bool)

    def digests(self) -> list[bytes]:
        lit = self.images.std(axis=(1, 2)) > 0
        return [
            hashlib.sha256(image.tobytes()).digest() if seen else b""
            for image, seen in zip(self.images, lit, strict=True)
        ]

    def soft_targets(self) -> NDArray[np.float32]:
        """(N, 7) distributions: half original label, half votes; the label alone where votes are too few."""
        originals = np.eye(len(EMOTIONS), dtype=np.float32)[self.labels]
        totals = self.votes.sum(axis=1, keepdims=True)
        shares = self.votes / np.maximum(totals, 1)
        return np.where(totals >= _LEAST_VOTES, (originals + shares) / 2, originals).astype(np.float32)

    def majority(self) -> NDArray[np.int64]:
        """(N,) the emotion with most votes; −1 where votes are too few or tied, so that nobody is scored on it."""
        ranked = np.sort(self.votes, axis=1)
        clear = (self.votes.sum(axis=1) >= _LEAST_VOTES) & (ranked[:, -1] > ranked[:, -2])
        return np.where(clear, self.votes.argmax(axis=1), -1)
