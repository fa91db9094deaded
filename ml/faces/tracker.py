"""Keeps to a session's own face from frame to frame: cheap looks at the last place, a full search now and then."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.faces.detector import Face, detect, in_source, look_again, small_copy
from ml.faces.geometry import Box, overlap
from ml.faces.likeness.known import Known
from ml.faces.likeness.looking import apart
from ml.faces.nets import FaceNets
from ml.faces.scene import goes_on, scene_of

SEARCH_EVERY: Final = 10
"""Frames between full searches while the face is followed: what drifted is corrected within a second or two."""
_FARTHEST: Final = 1.5
"""A face further from the last one than this many of its widths is somebody else's, until the own one is given up."""
_GIVEN_UP_AFTER: Final = 15
"""Searches without the own face after which it is looked for in the whole picture: it may be elsewhere now."""
_STAYED: Final = 0.5
"""Overlap of a face's boxes in two frames, a fifth of a second apart, of which it is sure that it only moved."""
Apart = Callable[[Face], float]
"""How unlike the own face a face looks."""


@dataclass(frozen=True)
class Track:
    """Where a session's face was last seen; frames since a search; searches it was lost; what is known of its looks;
    the scene (`ml.faces.scene`) in which it was seen; height and width of the small copy, once there was one.

    The box is in pixels of that copy: the server may order another width at any frame, and the copies stay alike.
    """

    box: Box
    since_search: int = 0
    lost: int = 0
    known: Known | None = None
    scene: bytes = b""
    shape: tuple[int, int] = (0, 0)


def follow(
    pictures: Sequence[NDArray[np.uint8]], tracks: Sequence[Track | None], nets: FaceNets
) -> list[tuple[Face | None, Track | None]]:
    """Each session's own face in its next (H, W, 3) RGB picture, and the track to pass with the one after.

    Sessions whose face is where it was cost an R- and O-Net look; the others are searched for as one batch.
    """
    copies = [small_copy(picture) for picture in pictures]
    tracks = [_placed(track, copy) for track, (copy, _) in zip(tracks, copies, strict=True)]
    answer: list[tuple[Face | None, Track | None]] = [(None, track) for track in tracks]
    steady = [(place, track) for place, track in enumerate(tracks) if track is not None and _is_steady(track)]
    boxes = [track.box for _, track in steady]
    looks = look_again([copies[place][0] for place, _ in steady], boxes, nets)
    for (place, track), box, face in zip(steady, boxes, looks, strict=True):
        if face is not None and overlap(face.box, box) > 0.3:
            answer[place] = face, replace(track, box=face.box, since_search=track.since_search + 1)
    search = [place for place, (face, _) in enumerate(answer) if face is None]
    for place, faces in zip(search, detect([copies[place][0] for place in search], nets), strict=True):
        answer[place] = choose(faces, tracks[place], _likeness(pictures[place], copies[place][1], tracks[place]))
    return [
        (in_source(face, factor), _in_scene(before, after, copy))
        if face is not None and after is not None
        else (None, after)
        for (face, after), before, (copy, factor) in zip(answer, tracks, copies, strict=True)
    ]


def choose(faces: list[Face], track: Track | None, likeness: Apart | None = None) -> tuple[Face | None, Track | None]:
    """The own face among those found: the largest at first, then the one nearest to where it was.

    Where nearness says too little — long out of sight, or a stranger may sit there — the one most like it.
    """
    if track is None:
        own = max(faces, key=_size, default=None)
        return own, Track(own.box) if own else None
    is_anywhere = track.lost >= _GIVEN_UP_AFTER or (track.known is not None and track.known.is_another)
    near = [face for face in faces if is_anywhere or _distance(face.box, track.box) <= _FARTHEST * track.box.width]
    own = min(near, key=_order(track, likeness), default=None)
    if own is None:
        return None, replace(track, since_search=0, lost=track.lost + 1)
    return own, replace(track, box=own.box, since_search=0, lost=0)


def _placed(track: Track | None, copy: NDArray[np.uint8]) -> Track | None:
    """The track in a copy of another shape, as of a phone that was turned: at the same share of width and height."""
    height, width = copy.shape[:2]
    if track is None or 0 in track.shape or track.shape == (height, width):
        return track
    down, right = height / track.shape[0], width / track.shape[1]
    larger = math.sqrt(down * right)
    box, (x, y) = track.box.scaled(larger), track.box.centre
    return replace(
        track,
        box=replace(box, left=x * right - box.width / 2, top=y * down - box.height / 2),
        shape=(height, width),
    )


def _in_scene(before: Track | None, after: Track, copy: NDArray[np.uint8]) -> Track:
    """The track in its new scene. Whoever was not in sight all the time may be somebody else."""
    scene, (height, width) = scene_of(copy), copy.shape[:2]
    after = replace(after, scene=scene, shape=(height, width))
    if before is None or before.known is None or after.known is None:
        return after
    stayed = before.lost == 0 and overlap(before.box, after.box) > _STAYED and goes_on(before.scene, scene)
    return after if stayed else replace(after, known=replace(after.known, has_arrived=True))


def _order(track: Track, likeness: Apart | None) -> Apart:
    """What the own face has least of."""
    is_given_up = track.lost >= _GIVEN_UP_AFTER
    if likeness is not None and (is_given_up or (track.known is not None and track.known.is_doubted)):
        return likeness
    return (lambda face: -_size(face)) if is_given_up else (lambda face: _distance(face.box, track.box))


def _likeness(picture: NDArray[np.uint8], factor: float, track: Track | None) -> Apart | None:
    """For faces of the small copy: they are looked at in the whole picture, which shows more of them."""
    known = track.known if track is not None else None
    return None if known is None else lambda face: apart(picture, in_source(face, factor), known)


def _is_steady(track: Track) -> bool:
    """While a face is doubted and nothing is said yet, all of the picture is searched: the own one may be beside it."""
    in_doubt = track.known is not None and track.known.doubts > 0 and not track.known.is_another
    return track.lost == 0 and track.since_search < SEARCH_EVERY and not in_doubt


def _size(face: Face) -> float:
    return face.box.width * face.box.height


def _distance(one: Box, other: Box) -> float:
    return math.dist(one.centre, other.centre)
