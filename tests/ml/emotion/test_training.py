"""A run can be stopped anywhere and goes on as if it had not been."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ml.emotion import checkpoints, train
from ml.emotion.config import EmotionConfig
from ml.emotion.faceset import FaceSet
from ml.emotion.recipe import Recipe
from ml.emotion.trainer import Length, Trainer

RECIPE = Recipe(seed=5, batch=21, peak_rate=0.05, sizes=((0.0, 16), (0.5, 24)))


def test_a_resumed_run_takes_the_same_steps(tiny: EmotionConfig, faces: FaceSet, tmp_path: Path) -> None:
    whole = Trainer(tiny, RECIPE, faces, Length(steps=6))
    losses = list(whole.run())
    broken = Trainer(tiny, RECIPE, faces, Length(steps=6))
    steps = broken.run()
    first = [next(steps) for _ in range(4)]
    checkpoints.save(broken.state(), tmp_path / "checkpoint.pt")
    resumed = Trainer(tiny, RECIPE, faces, Length(steps=6)).restore(checkpoints.load(tmp_path / "checkpoint.pt"))
    rest = list(resumed.run())
    assert first + rest == losses
    for name, value in whole.average.state_dict().items():
        assert torch.equal(value, resumed.average.state_dict()[name]), name


def test_training_learns(tiny: EmotionConfig, faces: FaceSet) -> None:
    losses = list(Trainer(tiny, Recipe(seed=1, batch=28, mixup=0.0, sizes=((0.0, 16),)), faces, Length(steps=25)).run())
    assert np.mean(losses[-5:]) < 0.6 * np.mean(losses[:5])


def test_a_run_by_time_anneals_by_time() -> None:
    length = Length(minutes=10)
    assert length.progress(step=99_999, seconds=300) == pytest.approx(0.5)
    assert length.progress(step=1, seconds=601) == 1
    assert Recipe().rate(1.0) == pytest.approx(0.0)
    assert Recipe(warm_up=0.2).rate(0.2) == pytest.approx(Recipe().peak_rate)


def test_a_recipe_survives_being_stored() -> None:
    assert Recipe.from_dict(RECIPE.to_dict()) == RECIPE


def test_training_by_command_resumes(
    faces: FaceSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: EmotionConfig
) -> None:
    monkeypatch.setattr(train, "load_config", lambda name: tiny)
    np.savez(tmp_path / "training.npz", images=faces.images, labels=faces.labels)
    command = ["--data", str(tmp_path), "--out", str(tmp_path / "run"), "--batch", "20", "--sizes", "0:16"]
    assert train.main([*command, "--epochs", "1"]) == 0
    assert checkpoints.load(tmp_path / "run" / "checkpoint.pt")["step"] == 3
    assert train.main([*command, "--epochs", "2", "--resume"]) == 0
    assert checkpoints.load(tmp_path / "run" / "checkpoint.pt")["step"] == 6


def test_nothing_to_learn_from_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train.main(["--data", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err
