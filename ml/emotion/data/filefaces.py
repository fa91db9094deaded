"""Labelled faces read from their files when they are needed: hundreds of thousands do not fit in memory."""

import functools
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.emotion.data.broken import Broken
from ml.vocabulary import EMOTIONS

_BLOCK: Final = 4096
"""Files handed to the readers at once: each waiting one costs a kilobyte."""


@dataclass(frozen=True)
class FileFaces:
    """N faces, each a file under `root` and the `boxes` row (left, top, width, height) in it; width 0 is all of it.

    Comes out as `shape` says. A kind of :class:`~ml.emotion.data.labelled.LabelledFaces`. A file that cannot be
    read is left out of its batch, each time alike, so that a resumed run still repeats the run it resumes.
    """

    root: Path
    names: NDArray[np.object_]
    labels: NDArray[np.int64]
    boxes: NDArray[np.int32]
    shape: tuple[int, int]
    broken: Broken

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def weights(self) -> NDArray[np.float64]:
        return np.ones(len(self))

    def pick(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Self:
        chosen = (self.names[rows], self.labels[rows], self.boxes[rows])
        return type(self)(self.root, *chosen, self.shape, self.broken)

    def soft_targets(self) -> NDArray[np.float32]:
        return np.eye(len(EMOTIONS), dtype=np.float32)[self.labels]

    def digests(self) -> list[bytes]:
        """By the bytes of the files: faces of one photograph go together, and no picture need be decoded."""
        found: list[bytes] = []
        for start in range(0, len(self), _BLOCK):
            paths = self._paths(np.arange(start, min(start + _BLOCK, len(self))))
            for path, digest in zip(paths, _readers().map(_digest, paths), strict=True):
                found.append(digest)
                if not digest:
                    self.broken.add(path)
        return found

    def take(self, rows: NDArray[np.intp]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """Raises NoSuchData when by now too many files could not be read."""
        channels, side = self.shape
        read = functools.partial(_read, channels=channels, side=side)
        pictures = list(_readers().map(read, self._paths(rows), self.boxes[rows]))
        for path, picture in zip(self._paths(rows), pictures, strict=True):
            if picture is None:
                self.broken.add(path)
        seen = [picture for picture in pictures if picture is not None]
        stacked = np.stack(seen) if seen else np.empty((0, channels, side, side), np.uint8)
        return stacked, np.array([picture is not None for picture in pictures], bool)

    def _paths(self, rows: NDArray[np.intp]) -> list[Path]:
        return [self.root / name for name in self.names[rows]]


@functools.cache
def _readers() -> ThreadPoolExecutor:
    """OpenCV lets go of the interpreter while it decodes, so threads are enough."""
    return ThreadPoolExecutor(min(16, os.cpu_count() or 1), "face-reader")


def _digest(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError:
        return b""
    return hashlib.sha256(content).digest() if content else b""


def _read(path: Path, box: NDArray[np.int32], *, channels: int, side: int) -> NDArray[np.uint8] | None:
    """(C, S, S), RGB where there are three; None when the file is none that OpenCV reads or the box lies outside."""
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE if channels == 1 else cv2.IMREAD_COLOR_RGB)
    if picture is None:
        return None
    left, top, width, height = (int(number) for number in box)
    if width:
        picture = picture[max(0, top) : max(0, top + height), max(0, left) : max(0, left + width)]
    if not picture.size:
        return None
    shrinks = picture.shape[0] > side
    resized = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return resized.astype(np.uint8).reshape(side, side, channels).transpose(2, 0, 1)
