"""Pictures with fresh captions, and which caption is true of which picture: a caption that says little fits many."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ml.imaging.training.dataset import VOCABULARIES
from ml.scenes.captions import ATTRIBUTES
from ml.scenes.wording import read

_UNSAID = -1


@dataclass(frozen=True)
class Pairs:
    """`pixels` (B, H, W, 3) bytes; `captions` B texts; `fits` (B, B): whether caption (column) is true of picture."""

    pixels: npt.NDArray[np.uint8]
    captions: list[str]
    fits: Tensor


def fitting(words: npt.NDArray[np.uint8], captions: list[str]) -> Tensor:
    """(pictures, captions) bool: nothing that the caption says is otherwise in the picture.

    Args:
        words: (pictures, 6) places in the vocabularies.
    """
    shown = torch.from_numpy(words.astype(np.int64))[:, None]
    said = torch.from_numpy(said_by(captions))[None]
    return ((said == _UNSAID) | (said == shown)).all(dim=2)


def said_by(captions: list[str]) -> npt.NDArray[np.int64]:
    """(N, 6) places in the vocabularies of what each caption says, -1 where it says nothing."""
    found = [read(text).found for text in captions]
    return np.array(
        [
            [names.index(said[name]) if name in said else _UNSAID for name, names in _columns()]
            for said in found
        ],
        np.int64,
    ).reshape(-1, len(ATTRIBUTES))  # fmt: skip


def _columns() -> list[tuple[str, tuple[str, ...]]]:
    return list(zip(ATTRIBUTES, VOCABULARIES, strict=True))
