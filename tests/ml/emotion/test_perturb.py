"""Each perturbation does what its name says, to the same faces each time."""

import numpy as np
import pytest

from ml.emotion.data.faceset import FaceSet
from ml.emotion.measuring.perturb import PERTURBATIONS


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_faces_keep_their_shape_and_repeat(name: str, faces: FaceSet) -> None:
    some = faces.images[:6]
    before = some.copy()
    once, again = PERTURBATIONS[name](some), PERTURBATIONS[name](some)
    assert (once.shape, once.dtype) == (some.shape, np.uint8)
    assert np.array_equal(once, again)
    assert np.array_equal(some, before)
    assert not np.array_equal(once, some)


def test_light_goes_down_and_up_and_stops_at_white() -> None:
    grey = np.full((1, 48, 48), 100, np.uint8)
    assert PERTURBATIONS["brightness_minus_40"](grey).max() == 60
    assert PERTURBATIONS["brightness_plus_40"](grey).min() == 140
    assert PERTURBATIONS["brightness_plus_40"](grey + np.uint8(100)).max() == 255


def test_a_quarter_is_covered_somewhere_else_on_each_face() -> None:
    white = np.full((5, 48, 48), 255, np.uint8)
    covered = PERTURBATIONS["occlusion_quarter"](white) == 128
    assert covered.mean(axis=(1, 2)).tolist() == [0.25] * 5
    assert len({tuple(np.argwhere(one)[0]) for one in covered}) > 1


def test_turns_are_as_wide_as_they_say() -> None:
    bar = np.zeros((1, 49, 49), np.uint8)
    bar[0, 24] = 255
    turned = PERTURBATIONS["rotation_plus_20"](bar)[0]
    rows, columns = np.nonzero(turned > 100)
    slope = np.polyfit(columns, rows, 1)[0]
    assert abs(np.degrees(np.arctan(slope))) == pytest.approx(20, abs=1.5)


def test_a_small_face_loses_what_is_finer_than_two_pixels() -> None:
    stripes = np.zeros((1, 48, 48), np.uint8)
    stripes[:, ::2] = 200
    assert PERTURBATIONS["side_24"](stripes).std() < 2
