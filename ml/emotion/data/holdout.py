"""Splits training data so that no picture stands on both sides: choosing, stopping and calibrating stay honest."""

import hashlib
from collections.abc import Iterable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ml.emotion.data.labelled import LabelledFaces

Faces = TypeVar("Faces", bound=LabelledFaces)


def split(faces: Faces, *, share: float, seed: int) -> tuple[Faces, Faces]:
    """(training, hold-out). Pixel-identical pictures go to one side together; blank or missing ones to neither.

    The hold-out keeps one of each picture; training keeps them all, since their labels differ. Each class gives
    the same `share` of its pictures.
    """
    groups, lit = picture_groups(faces)
    firsts = np.unique(groups, return_index=True)[1]
    firsts = firsts[lit[firsts]]
    random = np.random.default_rng(seed)
    held: list[NDArray[np.intp]] = []
    for label in np.unique(faces.labels[firsts]):
        members = firsts[faces.labels[firsts] == label]
        held.append(random.permutation(members)[: round(share * len(members))])
    chosen = np.sort(np.concatenate(held))
    kept = lit & ~np.isin(groups, groups[chosen])
    return faces.pick(kept), faces.pick(chosen)


def picture_groups(faces: LabelledFaces) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """(N,) group numbers, and whether there is anything to see. Files are compared by their bytes, arrays by pixels."""
    digests = faces.digests()
    return _numbered(digests), np.array([bool(digest) for digest in digests], bool)


def duplicate_groups(images: NDArray[np.uint8]) -> NDArray[np.int64]:
    """(N,) group numbers: pixel-identical pictures bear the same one."""
    return _numbered(hashlib.sha256(image.tobytes()).digest() for image in images)


def _numbered(digests: Iterable[bytes]) -> NDArray[np.int64]:
    numbers: dict[bytes, int] = {}
    return np.array([numbers.setdefault(digest, len(numbers)) for digest in digests], np.int64)
