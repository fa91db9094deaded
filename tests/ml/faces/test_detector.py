"""Our cascade finds what facenet-pytorch's own does, with the same three networks."""

import cv2
import numpy as np
import pytest
from facenet_pytorch import MTCNN
from numpy.typing import NDArray

from ml.faces.align import aligned, eye_tilt
from ml.faces.detector import Face, detect, in_source, small_copy
from ml.faces.geometry import Box, crop, overlap
from ml.faces.nets import FaceNets


def test_it_agrees_with_facenet_pytorch(nets: FaceNets, portrait: NDArray[np.uint8]) -> None:
    copy, factor = small_copy(portrait)
    assert copy.shape == (320, 320, 3)
    ours = detect([copy], nets, least_face=30)[0]
    boxes, scores = MTCNN(keep_all=True, min_face_size=30).detect(copy)
    assert len(ours) == len(boxes) == 1
    assert ours[0].box.corners == pytest.approx(tuple(boxes[0]), abs=1)
    assert ours[0].score == pytest.approx(scores[0], abs=1e-3)
    assert in_source(ours[0], factor).box.left == pytest.approx(boxes[0][0] * factor, abs=2)


def test_a_batch_of_sizes_gives_each_its_own_faces(nets: FaceNets, portrait: NDArray[np.uint8]) -> None:
    wall = np.full((240, 320, 3), 128, np.uint8)
    small = cv2.resize(portrait, (320, 320)).astype(np.uint8)
    faces = detect([wall, small, small[:, ::-1].copy()], nets)
    assert [len(found) for found in faces] == [0, 1, 1]
    mirrored = Box(320 - faces[1][0].box.left - faces[1][0].box.width, *faces[1][0].box.corners[1:2], 0, 0)
    assert faces[2][0].box.left == pytest.approx(mirrored.left, abs=6)


@pytest.mark.parametrize("shape", [(8, 8, 3), (1, 320, 3), (48, 47, 3)])
def test_tiny_pictures_hold_no_face(nets: FaceNets, shape: tuple[int, int, int]) -> None:
    assert detect([np.zeros(shape, np.uint8)], nets) == [[]]


def test_noise_holds_no_face(nets: FaceNets) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (120, 160, 3)).astype(np.uint8)
    assert detect([noise], nets) == [[]]


def test_the_points_are_eyes_nose_and_mouth(nets: FaceNets, portrait: NDArray[np.uint8]) -> None:
    left, right, nose, *mouth = detect([small_copy(portrait)[0]], nets)[0][0].points
    assert left[0] < nose[0] < right[0]
    assert max(left[1], right[1]) < nose[1] < min(y for _, y in mouth)


def test_a_tilted_head_is_read_upright(nets: FaceNets, portrait: NDArray[np.uint8]) -> None:
    copy = small_copy(portrait)[0]
    turn = cv2.getRotationMatrix2D((140, 75), 20, 1.0)
    tilted = cv2.warpAffine(copy, turn, (320, 320)).astype(np.uint8)
    upright, leaning = detect([copy], nets)[0][0], detect([tilted], nets)[0][0]
    assert abs(eye_tilt(leaning)) > 0.2
    level, levelled = aligned(copy, upright, 48), aligned(tilted, leaning, 48)
    assert level.shape == levelled.shape == (48, 48)
    likeness = np.corrcoef(level.ravel(), levelled.ravel())[0, 1]
    unaligned = cv2.cvtColor(crop(tilted, leaning.box.squared(0.93), 48), cv2.COLOR_RGB2GRAY)
    assert likeness > np.corrcoef(level.ravel(), unaligned.ravel())[0, 1]
    assert likeness > 0.7


@pytest.mark.parametrize(
    "box", [Box(-50, -50, 60, 60), Box(300, 300, 90, 90), Box(900, 900, 10, 10), Box(3, 3, 0.2, 0.2)]
)
def test_crops_reach_beyond_the_edges(box: Box, portrait: NDArray[np.uint8]) -> None:
    assert crop(portrait[:320, :320], box, 44).shape == (44, 44, 3)


def test_overlap_is_one_for_itself_and_nought_for_strangers() -> None:
    box = Box(0, 0, 10, 10)
    assert overlap(box, box) == 1
    assert overlap(box, Box(20, 0, 10, 10)) == 0
    assert overlap(box, Box(0, 5, 10, 10)) == pytest.approx(1 / 3)


def test_a_face_without_points_is_not_turned() -> None:
    assert eye_tilt(Face(Box(0, 0, 10, 10), (), 0.9)) == 0
