"""The basis can be fitted anew from labelled faces, and says itself how often it is mistaken."""

from pathlib import Path

import cv2
import numpy as np
from skimage.data import lfw_subset

from ml.faces.likeness.basis import read, solve
from ml.faces.likeness.fit import _within, gather, measure
from ml.faces.nets import FaceNets


def test_a_basis_is_fitted_and_measured(nets: FaceNets, tmp_path: Path) -> None:
    faces = [cv2.resize(face, (48, 48)) * 255 for face in lfw_subset()[:30]]
    images, labels = np.clip(faces, 0, 255).astype(np.uint8), np.arange(30) % 7
    gathered = gather(images, labels, np.arange(30), 3, nets)
    assert len(gathered.alone) > 20
    assert len({name for name, _, _ in gathered.pairs}) >= 10
    path = tmp_path / "basis.npy"
    np.save(path, solve(np.stack(gathered.alone), _within(gathered)))
    lengths = np.linalg.norm(read(path).project(np.stack(gathered.alone)), axis=1)
    np.testing.assert_allclose(lengths, 1, atol=1e-3)
    said = measure(gathered, path)
    assert said["pictures"] == len(gathered.alone)
    assert said["own_face_doubted"]["0.62"] < 0.2  # type: ignore[index]
    assert said["stranger_passed"]["0.62"] < 0.2  # type: ignore[index]
