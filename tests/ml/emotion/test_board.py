"""Curves for TensorBoard, for those who have it."""

import sys
from pathlib import Path

import numpy as np
import pytest

from ml.emotion import train
from ml.emotion.config import EmotionConfig
from ml.emotion.data.faceset import FaceSet
from ml.emotion.training import plan


@pytest.fixture
def command(faces: FaceSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: EmotionConfig) -> list[str]:
    monkeypatch.setattr(plan, "load_config", lambda name: tiny)
    np.savez(tmp_path / "training.npz", images=faces.images, labels=faces.labels)
    run = ["--data", str(tmp_path), "--out", str(tmp_path / "run"), "--batch", "20", "--sizes", "0:16"]
    return [*run, "--epochs", "1", "--tensorboard"]


def test_without_the_package_the_run_says_what_to_install(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("torch.utils.tensorboard")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    assert train.main(command) == 2
    assert "requirements/train.txt" in capsys.readouterr().err
    assert not (tmp_path / "run" / "checkpoint.pt").exists()


@pytest.mark.filterwarnings("default")  # the package's own, of which we know nothing
def test_with_it_the_curves_are_written(command: list[str], tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    assert train.main(command) == 0
    curves = EventAccumulator(str(tmp_path / "run" / "tensorboard"))
    curves.Reload()
    points = curves.Scalars("hold_out_accuracy")
    assert [point.step for point in points] == [1, 2, 3]
    assert all(0 <= point.value <= 1 for point in points)
