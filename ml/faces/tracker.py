"""Keeps to a session's own face from frame to frame: cheap looks at the last place, a full search now and then."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.faces.detector import Face, detect, in_source, look_again, small_copy
from ml.faces.geometry import Box, overlap
from ml.faces.nets import FaceNets

SEARCH_EVERY: Final = 10
"""Frames between full searches while the face is followed: what drifted is corrected within a second or two."""
_FARTHEST: Final = 1.5
"""A face further from the last one than this many of its widths is somebody else's, until the own one is given up."""
_GIVEN_UP_AFTER: Final = 15
"""Searches without the own face after which whoever is there is taken for the patient come back."""


@dataclass(frozen=True)
class Track:
    """Where a session's face was last seen, in pixels of the source; frames since a search; searches it was lost."""

    box: Box
    since_search: int = 0
    lost: int = 0


def follow(
    pictures: Sequence[NDArray[np.uint8]], tracks: Sequence[Track | None], nets: FaceNets
) -> list[tuple[Face | None, Track | None]]:
    """Each session's own face in its next (H, W, 3) RGB picture, and the track to pass with the one after.

    Sessions whose face is where it was cost an R- and O-Net look; the others are searched for as one batch.
    """
    copies = [small_copy(picture) for picture in pictures]
    answer: list[tuple[Face | None, Track | None]] = [(None, track) for track in tracks]
    steady = [place for place, track in enumerate(tracks) if _is_steady(track)]
    boxes = [_last_box(tracks[place]).scaled(1 / copies[place][1]) for place in steady]
    looks = look_again([copies[place][0] for place in steady], boxes, nets)
    for place, box, face in zip(steady, boxes, looks, strict=True):
        if face is not None and overlap(face.box, box) > 0.3:
            own = in_source(face, copies[place][1])
            answer[place] = own, Track(own.box, _since(tracks[place]) + 1)
    search = [place for place, (face, _) in enumerate(answer) if face is None]
    for place, faces in zip(search, detect([copies[place][0] for place in search], nets), strict=True):
        answer[place] = choose([in_source(face, copies[place][1]) for face in faces], tracks[place])
    return answer


def choose(faces: list[Face], track: Track | None) -> tuple[Face | None, Track | None]:
    """The own face among those found: the largest at first, then the one nearest to where it was."""
    if track is None or track.lost >= _GIVEN_UP_AFTER:
        own = max(faces, key=lambda face: face.box.width * face.box.height, default=None)
        return own, Track(own.box) if own else None
    near = [face for face in faces if _distance(face.box, track.box) <= _FARTHEST * track.box.width]
    own = min(near, key=lambda face: _distance(face.box, track.box), default=None)
    return own, Track(own.box) if own else Track(track.box, 0, track.lost + 1)


def _is_steady(track: Track | None) -> bool:
    return track is not None and track.lost == 0 and track.since_search < SEARCH_EVERY


def _last_box(track: Track | None) -> Box:
    if track is None:
        raise ValueError("nothing was followed")
    return track.box


def _since(track: Track | None) -> int:
    return track.since_search if track else 0


def _distance(one: Box, other: Box) -> float:
    return math.dist(one.centre, other.centre)
