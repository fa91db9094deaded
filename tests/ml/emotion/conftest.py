"""Tiny networks of the real classes, and faces that arithmetic draws: nothing from outside the repository."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ml.emotion.config import EmotionConfig
from ml.emotion.data.faceset import FaceSet
from ml.emotion.network import EmotionNet
from ml.emotion.stored import save_network


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny() -> EmotionConfig:
    return EmotionConfig(name="tiny", input_size=24, channels=1, width=8, stem="3x3", blocks=(1, 1, 1, 1), lstm_size=6)


@pytest.fixture
def network(tiny: EmotionConfig) -> EmotionNet:
    torch.manual_seed(3)
    return EmotionNet(tiny).eval()


@pytest.fixture(scope="session")
def weights(tiny: EmotionConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(3)
    folder = tmp_path_factory.mktemp("weights") / "emotion"
    save_network(EmotionNet(tiny), folder)
    return folder


@pytest.fixture(scope="session")
def faces() -> FaceSet:
    """84 pictures whose label is the place of a bright bar: easy to learn."""
    random = np.random.default_rng(0)
    labels = np.arange(84) % 7
    images = random.integers(60, 110, (84, 48, 48)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[label * 6 + 2 : label * 6 + 6] = 230
    return FaceSet(images, labels.astype(np.int64), np.zeros((84, 7), np.float32))
