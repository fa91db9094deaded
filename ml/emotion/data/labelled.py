"""What training needs of labelled stills, whether they lie in memory, in files, or in several data sets at once."""

from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray


class NoSuchData(Exception):
    """The data are not there, or are not what they should be; says where. Retrying does not help."""


class LabelledFaces(Protocol):
    """N faces with a label each. Rows are numbers from 0 to N − 1."""

    @property
    def labels(self) -> NDArray[np.int64]:
        """(N,) in EMOTIONS order."""

    @property
    def weights(self) -> NDArray[np.float64]:
        """(N,) how many times an epoch shows each: 1 once, 2 twice, 0.5 in every other epoch."""

    @property
    def shape(self) -> tuple[int, int]:
        """Channels (1 grey, 3 RGB) and side in pixels of what :meth:`take` gives."""

    def __len__(self) -> int: ...

    def pick(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Self:
        """These rows alone."""

    def soft_targets(self) -> NDArray[np.float32]:
        """(N, 7) distributions to learn: the labels, softened by votes where people voted."""

    def digests(self) -> list[bytes]:
        """What identifies each picture: equal for equal pictures, empty for blank or missing ones."""

    def take(self, rows: NDArray[np.intp]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """The pictures of R rows that can be read, (≤ R, C, S, S), and which those are, (R,)."""
