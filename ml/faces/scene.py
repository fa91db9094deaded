"""Whether a picture goes on from the one before: a face that changes in a scene that does not is still the same one."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

SCENE_BYTES: Final = 48
_WIDTH, _HEIGHT = 8, 6
_ALIKE: Final = 0.8
"""Correlation of two frames a third of a second apart: 0.99 or more while a man begins to grin, 0.91 or more in the
demonstration's clip, which sways; below 0.1 when somebody leaves."""
_FLAT: Final = 2.0
_STEP: Final = 4
"""Every fourth pixel will do, and takes a fifth of the time."""


def scene_of(pixels: NDArray[np.uint8]) -> bytes:
    """(H, W, 3) RGB → 48 grey levels: where it is light and dark, and nothing that anybody could be known by."""
    few = np.ascontiguousarray(pixels[::_STEP, ::_STEP])
    small = cv2.resize(few, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8).tobytes()


def goes_on(before: bytes, after: bytes) -> bool:
    """Whether two scenes are one, whatever the light: False across a cut, or when another camera is chosen."""
    if len(before) != SCENE_BYTES or len(after) != SCENE_BYTES:
        return False
    one, other = (np.frombuffer(scene, np.uint8).astype(np.float32) for scene in (before, after))
    one, other = one - one.mean(), other - other.mean()
    spread = float(one.std() * other.std())
    if spread < _FLAT:
        return bool(max(one.std(), other.std()) < _FLAT)
    return float((one * other).mean()) / spread > _ALIKE
