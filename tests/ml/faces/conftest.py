"""One real face: scikit-image's astronaut, which comes with its wheel (NASA, public domain)."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from skimage.data import astronaut

from ml.faces.nets import FaceNets


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def nets() -> FaceNets:
    return FaceNets.load()


@pytest.fixture(scope="session")
def portrait() -> NDArray[np.uint8]:
    """(512, 512, 3) RGB; the face lies at about (180, 64, 86, 109)."""
    picture: NDArray[np.uint8] = astronaut()
    return picture
