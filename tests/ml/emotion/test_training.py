"""A run can be stopped anywhere and goes on as if it had not been."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ml.emotion import train
from ml.emotion.config import EmotionConfig
from ml.emotion.data.faceset import FaceSet
from ml.emotion.data.mixture import Mixture
from ml.emotion.training import checkpoints, plan
from ml.emotion.training.machine import Machine, Precision
from ml.emotion.training.recipe import Recipe
from ml.emotion.training.trainer import Length, Trainer

RECIPE = Recipe(seed=5, batch=21, peak_rate=0.05, sizes=((0.0, 16), (0.5, 24)))


@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_a_resumed_run_takes_the_same_steps(
    tiny: EmotionConfig, faces: FaceSet, tmp_path: Path, precision: Precision
) -> None:
    mixed = Mixture([faces.pick(np.arange(40)), faces.pick(np.arange(40, 84))], [1.5, 2])
    machine = Machine(precision=precision)
    length = Length(steps=10)
    whole = Trainer(tiny, RECIPE, mixed, length, machine)
    losses = list(whole.run())
    broken = Trainer(tiny, RECIPE, mixed, length, machine)
    steps = broken.run()
    first = [next(steps) for _ in range(8)]  # an epoch has seven
    checkpoints.save(broken.state(), tmp_path / "checkpoint.pt")
    resumed = Trainer(tiny, RECIPE, mixed, length, machine).restore(checkpoints.load(tmp_path / "checkpoint.pt"))
    rest = list(resumed.run())
    assert first + rest == losses
    for name, value in whole.average.state_dict().items():
        assert torch.equal(value, resumed.average.state_dict()[name]), name
    assert whole.scaler.state_dict() == resumed.scaler.state_dict()


def test_a_checkpoint_from_before_machines_and_watches_resumes(
    tiny: EmotionConfig, faces: FaceSet, tmp_path: Path
) -> None:
    """As the shipped weights' run wrote it: ten fields of the recipe, four of the faces, and nothing else."""
    trainer = Trainer(tiny, RECIPE, faces, Length(steps=4))
    next(trainer.run())
    new = trainer.state()
    then = ("seed", "optimiser", "batch", "peak_rate", "warm_up", "momentum", "weight_decay", "average", "mixup")
    recipe = {name: new["recipe"][name] for name in (*then, "mixup_until", "sizes", "hold_out")}
    recipe["augmentation"] = {"degrees": 10.0, "scale": 0.12, "shift": 0.1, "erase": 0.25}
    old = {name: new[name] for name in ("config", "model", "average", "optimiser", "step", "seconds")}
    for weights in ("model", "average"):  # whose LSTM, not yet trained, had another form
        old[weights] = {name: value for name, value in new[weights].items() if not name.startswith("temporal.")}
        old[weights]["temporal.correction.weight"] = torch.zeros(7, 6)
    checkpoints.save(old | {"recipe": recipe}, tmp_path / "checkpoint.pt")
    np.savez(tmp_path / "training.npz", images=faces.images, labels=faces.labels)
    command = ["--data", str(tmp_path), "--out", str(tmp_path), "--resume", "--epochs", "1"]
    assert train.main(command) == 0
    resumed = checkpoints.load(tmp_path / "checkpoint.pt")
    assert resumed["step"] == 3
    assert resumed["machine"] == {"device": "cpu", "precision": "fp32", "checkpointing": False}
    # what did not exist then stays off, whatever today's defaults are
    assert resumed["recipe"]["logit_adjustment"] == 0
    assert [resumed["recipe"]["augmentation"][name] for name in ("gamma", "noise", "soften")] == [0, 0, 0]


def test_training_learns(tiny: EmotionConfig, faces: FaceSet) -> None:
    losses = list(Trainer(tiny, Recipe(seed=1, batch=28, mixup=0.0, sizes=((0.0, 16),)), faces, Length(steps=25)).run())
    assert np.mean(losses[-5:]) < 0.6 * np.mean(losses[:5])


def test_a_run_by_time_anneals_by_time() -> None:
    length = Length(minutes=10)
    assert length.progress(step=99_999, seconds=300) == pytest.approx(0.5)
    assert length.progress(step=1, seconds=601) == 1
    assert Recipe().rate(1.0) == pytest.approx(0.0)
    assert Recipe(warm_up=0.2).rate(0.2) == pytest.approx(Recipe().peak_rate)


def test_training_by_command_resumes(
    faces: FaceSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: EmotionConfig
) -> None:
    monkeypatch.setattr(plan, "load_config", lambda name: tiny)
    np.savez(tmp_path / "training.npz", images=faces.images, labels=faces.labels)
    command = ["--data", str(tmp_path), "--out", str(tmp_path / "run"), "--batch", "20", "--sizes", "0:16"]
    assert train.main([*command, "--epochs", "1"]) == 0
    assert checkpoints.load(tmp_path / "run" / "checkpoint.pt")["step"] == 3
    assert train.main([*command, "--epochs", "2", "--resume"]) == 0
    assert checkpoints.load(tmp_path / "run" / "checkpoint.pt")["step"] == 6


def test_a_run_is_resumed_on_the_data_that_it_learned_from(
    faces: FaceSet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tiny: EmotionConfig,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(plan, "load_config", lambda name: tiny)
    for name in ("own", "other"):
        (tmp_path / name).mkdir()
        np.savez(tmp_path / name / "training.npz", images=faces.images, labels=faces.labels)
    (tmp_path / "link").symlink_to(tmp_path / "own")
    out = ["--out", str(tmp_path / "run")]
    assert train.main(["--data", str(tmp_path / "own"), *out, "--batch", "20", "--sizes", "0:16", "--epochs", "1"]) == 0
    before = (tmp_path / "run" / "checkpoint.pt").read_bytes()
    assert train.main(["--data", str(tmp_path / "other"), *out, "--resume", "--epochs", "2"]) == 2
    assert str(tmp_path / "own") in capsys.readouterr().err
    assert (tmp_path / "run" / "checkpoint.pt").read_bytes() == before
    assert train.main(["--data", str(tmp_path / "link"), *out, "--resume", "--epochs", "2"]) == 0


def test_nothing_to_learn_from_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train.main(["--data", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err


def test_a_run_goes_on_with_its_own_machine_and_epochs(
    faces: FaceSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: EmotionConfig
) -> None:
    monkeypatch.setattr(plan, "load_config", lambda name: tiny)
    np.savez(tmp_path / "training.npz", images=faces.images, labels=faces.labels)
    command = ["--data", f"{tmp_path}:2", "--out", str(tmp_path / "run")]
    asked = ["--batch", "20", "--sizes", "0:16", "--epochs", "1", "--precision", "bf16", "--checkpointing"]
    assert train.main([*command, *asked]) == 0
    first = checkpoints.load(tmp_path / "run" / "checkpoint.pt")
    assert first["step"] == 7  # 77 faces to learn from, shown twice in an epoch
    assert first["facts"]["data"] == [f"{tmp_path}:2"]
    assert train.main([*command, "--resume", "--epochs", "2"]) == 0
    second = checkpoints.load(tmp_path / "run" / "checkpoint.pt")
    assert second["step"] == 14
    assert second["machine"] == first["machine"] == {"device": "cpu", "precision": "bf16", "checkpointing": True}
    assert train.main([*command, "--resume"]) == 0
    assert checkpoints.load(tmp_path / "run" / "checkpoint.pt")["step"] == 14


def test_a_run_by_time_goes_on_by_time_unless_told_otherwise(
    faces: FaceSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: EmotionConfig
) -> None:
    monkeypatch.setattr(plan, "load_config", lambda name: tiny)
    np.savez(tmp_path / "training.npz", images=faces.images, labels=faces.labels)
    command = ["--data", str(tmp_path), "--out", str(tmp_path / "run"), "--batch", "20", "--sizes", "0:16"]
    at = tmp_path / "run" / "checkpoint.pt"
    assert train.main([*command, "--budget-minutes", "0.0001"]) == 0
    first = checkpoints.load(at)
    assert first["minutes"] == 0.0001
    assert train.main([*command, "--resume"]) == 0  # the recipe's 22 epochs would be 66 steps
    assert checkpoints.load(at)["step"] == first["step"]
    longer_by = first["seconds"] / 60 + 0.002
    assert train.main([*command, "--resume", "--budget-minutes", str(longer_by)]) == 0
    longer = checkpoints.load(at)
    assert longer["step"] > first["step"]
    assert longer["minutes"] == longer_by
    epochs = longer["step"] // 3 + 1
    assert train.main([*command, "--resume", "--epochs", str(epochs)]) == 0
    assert checkpoints.load(at)["step"] == 3 * epochs
    assert checkpoints.load(at)["minutes"] is None


def test_a_recipe_with_patience_stops_and_keeps_its_lowest_loss(
    faces: FaceSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: EmotionConfig
) -> None:
    monkeypatch.setattr(plan, "load_config", lambda name: tiny)
    np.savez(tmp_path / "training.npz", images=faces.images, labels=faces.labels)
    command = ["--data", str(tmp_path), "--out", str(tmp_path / "run"), "--recipe", "paper", "--peak-rate", "1.0"]
    assert train.main([*command, "--patience", "2", "--batch", "20"]) == 0  # a rate at which nothing is learned
    last, best = (checkpoints.load(tmp_path / "run" / f"{name}.pt") for name in ("checkpoint", "best"))
    assert last["watch"]["waited"] == 2
    assert last["step"] == best["step"] + 2 * 3  # two epochs of three steps after the best
    assert best["loss"] == pytest.approx(-last["watch"]["best"])
    assert train.main([*command, "--resume"]) == 0
    assert checkpoints.load(tmp_path / "run" / "checkpoint.pt")["step"] == last["step"]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--device", "cuda:99"], "cuda:99"),
        (["--device", "abacus"], "abacus"),
        (["--distil", "0.5"], "--teachers"),
        (["--distil", "1.5"], "from 0 to 1"),
        (["--teachers", "best.pt"], "--distil"),
        (["--pretrained", "nowhere.pth"], "nowhere.pth"),
        (["--start", "nowhere"], "nowhere"),
        (["--start", "here", "--pretrained", "resnet.pth"], "one or the other"),
        (["--resume"], "checkpoint.pt"),
        (["--folds", "1"], "--folds"),
        (["--folds", "3", "--start", "here"], "--folds and --start"),
    ],
)
def test_wrong_use_is_said(
    faces: FaceSet, tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], said: str
) -> None:
    np.savez(tmp_path / "training.npz", images=faces.images, labels=faces.labels)
    assert train.main(["--data", str(tmp_path), "--out", str(tmp_path / "run"), *flags]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "run" / "checkpoint.pt").exists()


def test_a_weight_of_nothing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        train.main(["--data", f"{tmp_path}:0"])
    assert "a weight is a number above 0" in capsys.readouterr().err
