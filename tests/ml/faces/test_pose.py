"""Which way a face is turned follows from its five points, however large it is and however it leans."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ml.emotion.abstain import Bar, is_turned_away
from ml.faces.detector import Face, detect, small_copy
from ml.faces.geometry import Box
from ml.faces.nets import FaceNets
from ml.faces.pose import FRONTAL, Pose, pose_of

POINTS = ((-0.5, 0.0), (0.5, 0.0), (0.0, 0.6), (-0.4, 1.1), (0.4, 1.1))


def _face(points: object) -> Face:
    return Face(Box(0, 0, 100, 120), tuple((float(x), float(y)) for x, y in points), 0.99)  # type: ignore[attr-defined]


def _nose(x: float, y: float) -> Face:
    return _face([*POINTS[:2], (x, y), *POINTS[3:]])


@given(lean=st.floats(-1.4, 1.4), size=st.floats(10, 400), nose=st.floats(-0.6, 0.6))
def test_neither_size_nor_lean_changes_turn_and_nod(lean: float, size: float, nose: float) -> None:
    turned = np.array([[math.cos(lean), -math.sin(lean)], [math.sin(lean), math.cos(lean)]])
    points = np.array([*POINTS[:2], (nose, 0.6), *POINTS[3:]]) @ turned.T * size + (200, 90)
    pose = pose_of(_face(points))
    assert pose.turn == pytest.approx(nose, abs=1e-6)
    assert pose.nod == pytest.approx(0.6 / 1.1, abs=1e-6)
    assert pose.lean == pytest.approx(lean, abs=1e-6)


def test_a_nose_beside_the_middle_is_a_turn_to_that_side() -> None:
    assert pose_of(_nose(-0.3, 0.6)).turn < -0.2 < 0.2 < pose_of(_nose(0.3, 0.6)).turn


@pytest.mark.parametrize("points", [(), POINTS[:2]])
def test_a_face_without_points_counts_as_frontal(points: tuple[tuple[float, float], ...]) -> None:
    assert pose_of(_face(points)) == FRONTAL


def test_points_that_fall_together_raise_nothing() -> None:
    assert math.isfinite(pose_of(_face([(5, 5)] * 5)).turn)


@pytest.mark.parametrize(
    ("pose", "away"),
    [
        (FRONTAL, False),
        (Pose(0.29, 0.54, 0.5), False),
        (Pose(-0.31, 0.54, 0), True),
        (Pose(0, 0.2, 0), True),
        (Pose(0, 0.9, 0), True),
        (Pose(0, 0.54, math.radians(31)), True),
        (Pose(0, 0.54, math.radians(-170)), True),
    ],
)
def test_the_bar_is_where_fewer_are_read_rightly(pose: Pose, away: bool) -> None:
    assert is_turned_away(pose, Bar()) is away


def test_a_real_portrait_looks_at_the_camera(nets: FaceNets, portrait: NDArray[np.uint8]) -> None:
    face = detect([small_copy(portrait)[0]], nets)[0][0]
    assert abs(pose_of(face).turn) < 0.3
    assert not is_turned_away(pose_of(face), Bar())
