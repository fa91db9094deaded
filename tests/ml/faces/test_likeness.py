"""A face is known again in other light and with another expression, and a stranger's is not taken for it."""

import math

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ml.faces.detector import Face, detect
from ml.faces.geometry import Box
from ml.faces.likeness.basis import KEPT, shipped, solve
from ml.faces.likeness.changes import changed
from ml.faces.likeness.histogram import LENGTH, oriented
from ml.faces.likeness.known import ALIKE, BACK, DOUBTS, ENROLLED, MOST_LOOKS, STRANGE, Known, Look, distance, meet
from ml.faces.likeness.looking import look_of
from ml.faces.nets import FaceNets
from ml.faces.scene import SCENE_BYTES, goes_on, scene_of
from tests.ml.faces.people import WALL, astronaut_at, stranger_at

Picture = NDArray[np.uint8]
STRANGERS = range(24)
WALL_BOX = Box(5, 5, 40, 40)


def _found(picture: Picture, nets: FaceNets) -> Face:
    return detect([picture], nets, least_face=30)[0][0]


@pytest.fixture(scope="module")
def own(nets: FaceNets) -> Look:
    picture = astronaut_at()
    return look_of(picture, _found(picture, nets))


@pytest.fixture(scope="module")
def strangers(nets: FaceNets) -> list[Look]:
    pictures = [stranger_at(number) for number in STRANGERS]
    return [look_of(picture, _found(picture, nets)) for picture in pictures]


def _at(degrees: float) -> Look:
    """A look whose distance from the one at 0 is one minus the cosine."""
    look = np.zeros(KEPT, np.float32)
    look[0], look[1] = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return look


OWN, ALMOST, GRIN, OTHER = _at(0), _at(20), _at(75), _at(120)


def _after(*looks: Look, known: Known | None = None) -> Known:
    for look in looks:
        known = meet(known, look)
    assert known is not None
    return known


def _arrived(known: Known) -> Known:
    return Known(known.looks, known.met, known.doubts, known.is_another, has_arrived=True)


SETTLED = _after(*[OWN] * 6)


def test_a_face_is_known_again_however_it_changes(nets: FaceNets, own: Look) -> None:
    grey = cv2.cvtColor(astronaut_at(), cv2.COLOR_RGB2GRAY).astype(np.uint8)
    face, known, apart = _found(astronaut_at(), nets), meet(None, own), {}
    for name, picture in changed(grey, face, np.random.default_rng(2)):
        shown = np.repeat(picture[..., None], 3, axis=2)
        faces = detect([shown], nets, least_face=30)[0]
        if faces:
            apart[name] = distance(known, look_of(shown, faces[0]))
    assert len(apart) >= 11
    assert all(far < STRANGE for far in apart.values()), apart


def test_strangers_are_strange(own: Look, strangers: list[Look]) -> None:
    apart = [distance(meet(None, own), stranger) for stranger in strangers]
    assert np.mean(np.array(apart) > STRANGE) > 0.85
    assert np.median(apart) > 0.85


def test_brightness_and_contrast_do_not_count(nets: FaceNets) -> None:
    picture = astronaut_at()
    face = _found(picture, nets)
    dim = (picture * 0.5 + 20).astype(np.uint8)
    assert np.abs(oriented(picture, face) - oriented(dim, face)).max() < 0.1


def test_a_flat_face_or_one_beyond_the_edge_gives_numbers() -> None:
    points = ((10.0, 10.0), (30.0, 10.0), (20.0, 20.0), (12.0, 30.0), (28.0, 30.0))
    for box in (Face(WALL_BOX, points, 0.9), Face(WALL_BOX.scaled(40), points, 0.9)):
        look = look_of(WALL, box)
        assert look.shape == (KEPT,)
        assert np.isfinite(look).all()


def test_the_shipped_basis_is_small_and_of_unit_length(own: Look) -> None:
    assert shipped().directions.shape == (LENGTH, KEPT)
    assert float(np.linalg.norm(own)) == pytest.approx(1, abs=1e-3)


def test_fitting_keeps_what_differs_between_and_not_within() -> None:
    random = np.random.default_rng(0)
    between, within = np.full(LENGTH, 0.1), np.full(LENGTH, 0.1)
    between[:KEPT], within[KEPT : 2 * KEPT] = 3.0, 3.0  # the next ones vary as much, in one and the same person
    people = (random.normal(0, between, (4000, LENGTH)) + random.normal(0, within, (4000, LENGTH))).astype(np.float32)
    rows = solve(people, np.diag(within**2))
    weight = np.abs(rows[1:]).sum(axis=0)
    assert rows.shape == (KEPT + 1, LENGTH)
    assert weight[:KEPT].min() > 5 * weight[KEPT : 2 * KEPT].max()


# What a session knows.


def test_one_bad_frame_says_nothing() -> None:
    known = _after(*[OTHER] * (DOUBTS - 1), known=_arrived(SETTLED))
    assert known.is_doubted and not known.is_another
    assert _after(ALMOST, known=known) == _after(ALMOST, known=_arrived(SETTLED))


def test_several_strange_looks_in_a_row_are_another_face() -> None:
    known = _after(*[OTHER] * DOUBTS, known=SETTLED)
    assert known.is_another
    assert known.looks == SETTLED.looks, "a stranger teaches nothing"


def test_the_own_face_comes_back_after_several_looks_alike() -> None:
    gone = _after(*[OTHER] * (DOUBTS + 4), known=SETTLED)
    assert _after(*[ALMOST] * (BACK - 1), known=gone).is_another
    assert _after(ALMOST, OTHER, ALMOST, known=gone).is_another
    assert not _after(*[ALMOST] * BACK, known=gone).is_doubted


def test_a_grin_in_sight_is_the_same_person_and_is_learnt() -> None:
    known = _after(*[GRIN] * 10, known=SETTLED)
    assert not known.is_doubted
    assert distance(known, GRIN) < 0.01
    assert distance(known, OWN) < 0.01
    assert not _after(*[GRIN] * 10, known=_arrived(known)).is_doubted


def test_the_same_unlikeness_in_whoever_has_just_come_is_doubted() -> None:
    assert _after(*[GRIN] * DOUBTS, known=_arrived(SETTLED)).is_another


def test_who_has_just_come_teaches_nothing_until_they_look_alike() -> None:
    between = _at(math.degrees(math.acos(1 - (ALIKE + STRANGE) / 2)))
    known = _after(*[between] * 5, known=_arrived(SETTLED))
    assert not known.is_doubted
    assert known.has_arrived
    assert known.looks == SETTLED.looks


def test_light_that_changes_slowly_is_followed() -> None:
    known = _after(*[_at(degrees) for degrees in np.linspace(0, 80, 200)], known=SETTLED)
    assert not known.is_doubted
    assert len(known.looks) <= MOST_LOOKS


def test_nobody_is_judged_by_a_single_frame() -> None:
    assert _after(OWN, *[OTHER] * ENROLLED) == _after(*[OTHER] * ENROLLED)


# Whether the scene goes on.


def test_a_scene_goes_on_in_other_light_and_when_a_head_moves() -> None:
    before = scene_of(astronaut_at(40))
    assert len(before) == SCENE_BYTES
    assert goes_on(before, scene_of((astronaut_at(40) * 0.6 + 10).astype(np.uint8)))
    assert goes_on(before, scene_of(astronaut_at(46, 3)))


def test_a_cut_is_no_going_on() -> None:
    assert not goes_on(scene_of(astronaut_at(40)), scene_of(stranger_at(3)))
    assert not goes_on(scene_of(astronaut_at(0)), scene_of(WALL))
    assert goes_on(scene_of(WALL), scene_of(WALL))
    assert not goes_on(b"", scene_of(WALL))
