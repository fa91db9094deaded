"""A session keeps to its own face."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ml.faces.detector import Face
from ml.faces.geometry import Box
from ml.faces.likeness.known import Known
from ml.faces.likeness.watch import watched
from ml.faces.nets import FaceNets
from ml.faces.tracker import SEARCH_EVERY, Track, choose, follow
from tests.ml.faces.people import WALL as EMPTY
from tests.ml.faces.people import astronaut_at, beside, stranger_at

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


# Whose face it is.


def _watch(pictures: list[Picture], nets: FaceNets, track: Track | None = None) -> Track:
    """As the reader does: follow, then look at the face that was found."""
    for picture in pictures:
        face, track = follow([picture], [track], nets)[0]
        if face is not None and track is not None:
            track = watched(picture, face, track)
    assert track is not None
    return track


def _known(track: Track) -> Known:
    assert track.known is not None
    return track.known


def test_who_goes_on_sitting_there_is_never_doubted(nets: FaceNets) -> None:
    track = _watch([astronaut_at(40 + 3 * (step % 5), size=230 + step % 7) for step in range(25)], nets)
    assert not _known(track).is_doubted
    assert _known(track).met > 6


def test_another_person_in_the_same_place_is_noticed(nets: FaceNets) -> None:
    own = _watch([astronaut_at()] * 8, nets)
    soon = _watch([stranger_at(3)] * 3, nets, own)
    assert _known(soon).is_doubted and not _known(soon).is_another
    assert _known(_watch([stranger_at(3)] * 6, nets, own)).is_another


def test_another_person_after_an_absence_is_noticed(nets: FaceNets) -> None:
    own = _watch([*[astronaut_at()] * 8, *[EMPTY] * 6], nets)
    assert _known(_watch([stranger_at(5)] * 6, nets, own)).is_another
    assert not _known(_watch([astronaut_at()] * 6, nets, own)).is_doubted


def test_the_own_face_is_found_beside_the_stranger_who_took_its_place(nets: FaceNets) -> None:
    own = _watch([beside(astronaut_at(), EMPTY)] * 8, nets)
    gone = _watch([beside(stranger_at(3), EMPTY)] * 7, nets, own)
    assert _known(gone).is_another
    back = _watch([beside(stranger_at(3), astronaut_at())] * (SEARCH_EVERY + 6), nets, gone)
    assert not _known(back).is_another
    assert back.box.left > 160  # of the copy, half as wide


def test_a_stranger_who_walks_in_is_not_followed(nets: FaceNets) -> None:
    own = _watch([beside(astronaut_at(), EMPTY)] * 8, nets)
    track = _watch([beside(astronaut_at(), stranger_at(7))] * (SEARCH_EVERY + 3), nets, own)
    assert not _known(track).is_doubted
    assert track.box.left < 160


def test_long_lost_the_face_that_is_most_alike_is_taken() -> None:
    far, near = _face(500, 60), _face(300, 120)
    known = Known((bytes(24),), met=5)
    lost = Track(Box(100, 50, 80, 80), 0, 15, known)
    own, track = choose([near, far], lost, lambda face: 0.1 if face is far else 0.9)
    assert own == far
    assert track is not None and track.known == known


def test_what_is_known_outlives_an_absence() -> None:
    known = Known((bytes(24),), met=5)
    _, track = choose([], Track(Box(100, 50, 80, 80), known=known))
    assert track is not None and track.known == known


def test_whoever_was_out_of_sight_has_to_be_looked_at(nets: FaceNets) -> None:
    own = _watch([astronaut_at()] * 8, nets)
    assert not _known(own).has_arrived
    _, away = follow([EMPTY], [own], nets)[0]
    _, back = follow([astronaut_at()], [away], nets)[0]
    assert back is not None and _known(back).has_arrived


@pytest.mark.parametrize(("before", "after"), [(640, 480), (480, 640)])
@pytest.mark.parametrize(("left", "top", "size"), [(90, 50, 140), (180, 100, 140)], ids=["middle", "lower right"])
def test_another_width_of_the_picture_is_not_another_place_or_another_face(
    nets: FaceNets, before: int, after: int, left: int, top: int, size: int
) -> None:
    """As the server orders it of all sessions at once when there are many."""
    picture = cv2.resize(astronaut_at(left, top, size), (640, 480), interpolation=cv2.INTER_CUBIC)
    first, then = (cv2.resize(picture, (w, w * 3 // 4), interpolation=cv2.INTER_AREA) for w in (before, after))
    track = _watch([first] * 8, nets)
    assert not _known(track).has_arrived
    seen, _ = follow([first], [track], nets)[0]
    for step in range(1, SEARCH_EVERY + 4):
        face, followed = follow([then], [track], nets)[0]
        assert seen is not None and face is not None and followed is not None, step
        assert face.box.corners == pytest.approx([side * after / before for side in seen.box.corners], abs=8)
        assert followed.lost == 0 and not _known(followed).has_arrived
        track = watched(then, face, followed)
        assert not _known(track).is_doubted


@pytest.mark.parametrize(("across", "down"), [(180, 100), (330, 190)], ids=["middle", "lower right"])
@pytest.mark.parametrize("upright", [True, False])
def test_the_face_is_found_at_once_when_a_phone_is_turned(
    nets: FaceNets, upright: bool, across: int, down: int
) -> None:
    head = cv2.resize(astronaut_at(0, 0, 240)[:, :240], (280, 280), interpolation=cv2.INTER_CUBIC)
    wide, tall = np.full((480, 640, 3), 128, np.uint8), np.full((640, 480, 3), 128, np.uint8)
    wide[down : down + 280, across : across + 280] = head
    tall[across : across + 280, down : down + 280] = head
    before, after = (wide, tall) if upright else (tall, wide)
    track = _watch([before] * 8, nets)
    for _ in range(3):
        face, turned = follow([after], [track], nets)[0]
        assert face is not None and turned is not None and turned.lost == 0
        track = watched(after, face, turned)
        assert not _known(track).is_doubted
    assert not _known(track).has_arrived
