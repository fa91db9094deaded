"""Where the attention falls, on a real face whose eyes and mouth are known to the eye."""

import cv2
import numpy as np
import pytest
import torch
from skimage import data

from ml.emotion.config import EmotionConfig
from ml.emotion.measuring.landmarks import locate
from ml.emotion.measuring.regions import attention_report, regions
from ml.emotion.network import EmotionNet
from ml.faces.nets import FaceNets


@pytest.fixture(scope="module")
def nets() -> FaceNets:
    return FaceNets.load()


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    """(1, 48, 48): a public-domain portrait, cut as FER-2013 cuts."""
    grey = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2GRAY)[60:190, 160:290]
    return cv2.resize(grey, (48, 48), interpolation=cv2.INTER_AREA)[None]


def test_eyes_lie_above_the_mouth_within_the_picture(astronaut: np.ndarray, nets: FaceNets) -> None:
    [face] = locate(astronaut, nets)
    assert face is not None
    left, right, nose, *mouth = face.points
    assert 0 < left[0] < nose[0] < right[0] < 48
    assert max(left[1], right[1]) < nose[1] < min(y for _, y in mouth) < 48


def test_a_wall_has_no_eyes(nets: FaceNets) -> None:
    assert locate(np.full((2, 48, 48), 120, np.uint8), nets) == [None, None]


def test_regions_do_not_overlap(astronaut: np.ndarray, nets: FaceNets) -> None:
    [face] = locate(astronaut, nets)
    assert face is not None
    found = regions(face, 24, 0.5)
    assert found.mouth.any()
    assert found.eyes_and_brows.any()
    assert not (found.mouth & found.eyes_and_brows).any()


def test_attention_that_looks_nowhere_is_even_and_at_the_mouth_is_not(
    astronaut: np.ndarray, nets: FaceNets, tiny: EmotionConfig
) -> None:
    network = EmotionNet(tiny).eval()
    for row in attention_report(network, astronaut, nets):
        assert row["mouth"]["ratio"] == pytest.approx(1, abs=1e-5)
        assert row["eyes_and_brows"]["ratio"] == pytest.approx(1, abs=1e-5)
    with torch.no_grad():  # a map of its own for each column and row: bright below the middle, where the mouth is
        for module in network.trunk.attention.values():
            module.register_forward_hook(_looks_down)
    stage = attention_report(network, astronaut, nets)[0]
    assert stage["mouth"]["ratio"] > 1.3
    assert stage["eyes_and_brows"]["ratio"] < 0.7


def _looks_down(
    _: torch.nn.Module, __: tuple[torch.Tensor], answer: tuple[torch.Tensor, torch.Tensor]
) -> tuple[torch.Tensor, torch.Tensor]:
    seen = torch.zeros_like(answer[1])
    seen[:, :, seen.shape[2] // 2 :] = 2
    return answer[0], seen
