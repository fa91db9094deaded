"""Deals faces into folds for cross-validation: each emotion evenly, and no picture into two."""

import numpy as np
from numpy.typing import NDArray

from ml.emotion.data.holdout import picture_groups
from ml.emotion.data.labelled import LabelledFaces


def deal(faces: LabelledFaces, folds: int, seed: int) -> NDArray[np.int64]:
    """(N,) the fold of each face, 0 to folds − 1; −1 for blank and missing pictures. Equal pictures share one.

    A picture that bears several labels counts as its first, so emotions are as even as duplicates let them be.
    """
    groups, lit = picture_groups(faces)
    found, firsts, sizes = np.unique(groups, return_index=True, return_counts=True)
    fold_of = np.full(len(found), -1, np.int64)
    random = np.random.default_rng(seed)
    labels = np.where(lit[firsts], faces.labels[firsts], -1)
    for label in np.unique(labels[labels >= 0]):
        filled = [0] * folds
        for group in random.permutation(np.flatnonzero(labels == label)):
            emptiest = filled.index(min(filled))
            fold_of[group] = emptiest
            filled[emptiest] += int(sizes[group])
    return fold_of[groups]
