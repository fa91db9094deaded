"""Splits training data so that no picture stands on both sides: choosing, stopping and calibrating stay honest."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from ml.emotion.faceset import FaceSet


def split(faces: FaceSet, *, share: float, seed: int) -> tuple[FaceSet, FaceSet]:
    """(training, hold-out). Pixel-identical pictures go to one side together; blank pictures to neither.

    The hold-out keeps one of each picture; training keeps them all, since their labels differ. Each class gives
    the same `share` of its pictures.
    """
    groups = duplicate_groups(faces.images)
    lit = faces.images.reshape(len(faces), -1).std(axis=1) > 0
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


def duplicate_groups(images: NDArray[np.uint8]) -> NDArray[np.int64]:
    """(N,) group numbers: pixel-identical pictures bear the same one."""
    digests = [hashlib.sha256(image.tobytes()).digest() for image in images]
    numbers: dict[bytes, int] = {}
    return np.array([numbers.setdefault(digest, len(numbers)) for digest in digests], np.int64)
