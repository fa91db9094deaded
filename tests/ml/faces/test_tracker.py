"""A session keeps to its own face."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ml.faces.detector import Face
from ml.faces.geometry import Box
from ml.faces.nets import FaceNets
from ml.faces.tracker import SEARCH_EVERY, Track, choose, follow

Picture = NDArray[np.uint8]
WALL = np.full((320, 320, 3), 128, np.uint8)


@pytest.fixture(scope="module")
def scene(portrait: Picture) -> Picture:
    """(320, 320, 3): the face at about (112, 40, 54, 68)."""
    return cv2.resize(portrait, (320, 320), interpolation=cv2.INTER_AREA).astype(np.uint8)


def _shifted(scene: Picture, right: int) -> Picture:
    return np.roll(scene, right, axis=1)


def test_a_moving_face_is_followed_without_a_full_search(nets: FaceNets, scene: Picture) -> None:
    face, track = follow([scene], [None], nets)[0]
    for step in range(1, 5):
        face, track = follow([_shifted(scene, 6 * step)], [track], nets)[0]
        assert face is not None and track is not None
        assert track.since_search == step
        assert face.box.left == pytest.approx(112 + 6 * step, abs=8)


def test_now_and_then_everything_is_searched(nets: FaceNets, scene: Picture) -> None:
    track: Track | None = Track(Box(112, 40, 54, 68), since_search=SEARCH_EVERY)
    _, track = follow([scene], [track], nets)[0]
    assert track is not None and track.since_search == 0


def test_a_face_that_left_is_lost_and_found_again(nets: FaceNets, scene: Picture) -> None:
    _, track = follow([scene], [None], nets)[0]
    face, track = follow([WALL], [track], nets)[0]
    assert face is None and track is not None and track.lost == 1
    face, track = follow([scene], [track], nets)[0]
    assert face is not None and track is not None and track.lost == 0


def test_sessions_in_one_batch_do_not_mix(nets: FaceNets, scene: Picture) -> None:
    left, right = scene, _shifted(scene, 80)
    together = follow([left, WALL, right], [None, None, None], nets)
    assert together[1] == (None, None)
    alone = [follow([picture], [None], nets)[0] for picture in (left, right)]
    for (face, _), (expected, _) in zip((together[0], together[2]), alone, strict=True):
        assert face is not None and expected is not None
        assert face.box.corners == pytest.approx(expected.box.corners, abs=0.5)


def _face(left: float, side: float) -> Face:
    return Face(Box(left, 50, side, side), (), 0.99)


def test_at_first_the_largest_face_is_the_sessions_own() -> None:
    own, _ = choose([_face(10, 40), _face(200, 90)], None)
    assert own == _face(200, 90)


def test_a_larger_stranger_is_not_read() -> None:
    own, _ = choose([_face(400, 150), _face(104, 80)], Track(Box(100, 50, 80, 80)))
    assert own == _face(104, 80)


def test_a_stranger_alone_is_not_the_patient() -> None:
    own, track = choose([_face(500, 90)], Track(Box(100, 50, 80, 80)))
    assert own is None
    assert track == Track(Box(100, 50, 80, 80), 0, 1)


def test_after_long_absence_whoever_sits_there_is_taken() -> None:
    own, track = choose([_face(500, 90)], Track(Box(100, 50, 80, 80), 0, 15))
    assert own == _face(500, 90)
    assert track == Track(own.box)


def test_nobody_is_nobody() -> None:
    assert choose([], None) == (None, None)
