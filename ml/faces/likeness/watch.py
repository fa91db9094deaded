"""Which frames are worth a look at whose face it is, and what the session knows after one."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.faces.detector import Face
from ml.faces.likeness.known import meet
from ml.faces.likeness.looking import look_of
from ml.faces.tracker import Track

LOOK_EVERY: Final = 3
"""Frames between looks while nothing is in doubt; one in doubt is looked at in each frame."""


def watched(pixels: NDArray[np.uint8], face: Face, track: Track) -> Track:
    """The track after a look, if one is due, at a face that is fit to be read; (H, W, 3) RGB pixels."""
    if track.known is not None and track.known.is_settled and track.since_search % LOOK_EVERY:
        return track
    return replace(track, known=meet(track.known, look_of(pixels, face)))
