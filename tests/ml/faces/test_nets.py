"""ONNX Runtime finds the faces that torch finds, and a batch of looks says what each look says alone."""

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch._subclasses.fake_tensor import FakeTensorMode

from ml.faces.detector import Face, detect, look_again, small_copy
from ml.faces.geometry import Box
from ml.faces.nets import FaceNets

Picture = NDArray[np.uint8]
PIXELS, SCORE = 0.01, 1e-4
"""The most by which a corner, a point and a score may differ; measured: 3e-5 pixels."""


@pytest.fixture(scope="module")
def torchs() -> FaceNets:
    return FaceNets.eager()


@pytest.fixture(scope="module")
def pictures(portrait: Picture) -> list[Picture]:
    """The portrait upright, mirrored, turned, dark, small: of three sizes."""
    copy = small_copy(portrait)[0]
    turn = cv2.getRotationMatrix2D((140, 75), 15, 1.0)
    turned = cv2.warpAffine(copy, turn, (320, 240)).astype(np.uint8)
    dark = (copy * 0.4).astype(np.uint8)
    return [copy, copy[:, ::-1].copy(), turned, dark, cv2.resize(copy, (256, 256)).astype(np.uint8)]


def same(one: Face, other: Face) -> None:
    assert one.box.corners == pytest.approx(other.box.corners, abs=PIXELS)
    assert np.array(one.points) == pytest.approx(np.array(other.points), abs=PIXELS)
    assert one.score == pytest.approx(other.score, abs=SCORE)


def test_a_search_finds_what_torch_finds(nets: FaceNets, torchs: FaceNets, pictures: list[Picture]) -> None:
    for ours, theirs in zip(detect(pictures, nets), detect(pictures, torchs), strict=True):
        assert len(ours) == len(theirs) == 1
        same(ours[0], theirs[0])


def test_looks_of_all_sizes_go_as_one_batch_and_say_what_each_says_alone(
    nets: FaceNets, torchs: FaceNets, pictures: list[Picture]
) -> None:
    boxes = [found[0].box for found in detect(pictures, nets)]
    boxes[3] = Box(5, 150, 60, 70)  # where nobody is
    together = look_again(pictures, boxes, nets)
    for place, (picture, box) in enumerate(zip(pictures, boxes, strict=True)):
        for alone in (look_again([picture], [box], nets)[0], look_again([picture], [box], torchs)[0]):
            if place == 3:
                assert together[place] is alone is None
            else:
                same(_present(together[place]), _present(alone))


def test_each_look_costs_no_call_of_its_own(nets: FaceNets, pictures: list[Picture]) -> None:
    boxes = [found[0].box for found in detect(pictures, nets)]
    batches: list[int] = []

    def counted(faces: torch.Tensor) -> tuple[torch.Tensor, ...]:
        batches.append(len(faces))
        return nets.refine(faces)

    look_again(pictures, boxes, FaceNets(nets.propose, counted, nets.decide))
    assert batches == [len(pictures)]


def test_no_session_is_no_look(nets: FaceNets) -> None:
    assert look_again([], [], nets) == []


@pytest.mark.parametrize("net", ["propose", "refine", "decide"])
def test_networks_elsewhere_answer_on_the_cpu(net: str) -> None:
    """A device that is not there: tensors without contents, for which mixing devices raises as on a real one."""
    side = {"propose": 61, "refine": 24, "decide": 48}[net]
    with FakeTensorMode(allow_non_fake_inputs=True):
        answers = getattr(FaceNets.eager("cuda:0"), net)(torch.rand(2, 3, side, side, device="cuda:0"))
        assert {answer.device.type for answer in answers} == {"cpu"}


def _present(face: Face | None) -> Face:
    assert face is not None
    return face
