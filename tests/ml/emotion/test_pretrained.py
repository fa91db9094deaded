"""Published ResNet-50 weights load as they are, and a file that does not fit is told apart."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor
from torchvision.models import ResNet, resnet50
from torchvision.models.resnet import Bottleneck

from ml.emotion import train
from ml.emotion.config import EmotionConfig, load_config
from ml.emotion.data.faceset import FaceSet
from ml.emotion.training import checkpoints, plan
from ml.emotion.training.pretrained import WrongWeights, load_trunk
from ml.emotion.trunk import Trunk


@pytest.fixture(scope="module")
def short() -> EmotionConfig:
    """The published layout with one block a stage: as good for all but the one test of likeness, and much quicker."""
    return replace(load_config("resnet50-224"), blocks=(1, 1, 1, 1))


@pytest.fixture(scope="module")
def published() -> dict[str, Tensor]:
    torch.manual_seed(0)
    return ResNet(Bottleneck, [1, 1, 1, 1]).state_dict()  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def trunk(short: EmotionConfig) -> Trunk:
    return Trunk(short)


@pytest.mark.parametrize(("suffix", "write"), [(".pth", torch.save), (".safetensors", save_file)])
def test_with_attention_on_the_trunk_answers_as_torchvisions(
    tmp_path: Path, suffix: str, write: Callable[[Any, Path], None]
) -> None:
    torch.manual_seed(0)
    theirs = resnet50().eval()
    write(theirs.state_dict(), tmp_path / f"resnet50{suffix}")
    ours = Trunk(load_config("resnet50-224")).eval()
    assert len(ours.attention) == 2
    load_trunk(ours, tmp_path / f"resnet50{suffix}")
    theirs.fc = torch.nn.Identity()
    pictures = torch.rand(1, 3, 224, 224)
    with torch.inference_mode():
        features, expected = ours(pictures)[0], theirs(pictures)
    assert (features - expected).abs().max() / expected.abs().max() < 1e-5


def test_files_from_before_batches_were_counted_load(
    published: dict[str, Tensor], trunk: Trunk, tmp_path: Path
) -> None:
    old = {name: value for name, value in published.items() if not name.endswith("num_batches_tracked")}
    torch.save(old, tmp_path / "old.pth")
    load_trunk(trunk, tmp_path / "old.pth")
    assert torch.equal(trunk.state_dict()["layer3.0.conv3.weight"], published["layer3.0.conv3.weight"])


def test_what_does_not_fit_is_named_and_nothing_is_loaded(
    published: dict[str, Tensor], trunk: Trunk, tmp_path: Path
) -> None:
    before = {name: value.clone() for name, value in trunk.state_dict().items()}
    wrong = {name: value + 1 for name, value in published.items() if name != "layer2.0.conv1.weight"}
    wrong |= {"visual.proj": torch.ones(3), "conv1.weight": torch.ones(64, 1, 7, 7)}
    torch.save(wrong, tmp_path / "wrong.pth")
    with pytest.raises(WrongWeights) as caught:
        load_trunk(trunk, tmp_path / "wrong.pth")
    said = str(caught.value)
    assert "missing: layer2.0.conv1.weight;" in said
    assert "unexpected: visual.proj;" in said
    assert "of another shape: conv1.weight" in said
    assert all(torch.equal(value, before[name]) for name, value in trunk.state_dict().items())


@pytest.mark.parametrize("name", ["some.pth", "some.safetensors"])
def test_a_file_of_something_else_is_refused(trunk: Trunk, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"these are no tensors")
    with pytest.raises(WrongWeights, match=name):
        load_trunk(trunk, tmp_path / name)


def test_code_in_a_file_is_not_run(trunk: Trunk, tmp_path: Path) -> None:
    torch.save({"conv1.weight": Path("/")}, tmp_path / "code.pth")
    with pytest.raises(WrongWeights, match=r"code\.pth"):
        load_trunk(trunk, tmp_path / "code.pth")


def test_the_command_starts_from_a_file(
    published: dict[str, Tensor],
    short: EmotionConfig,
    faces: FaceSet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plan, "load_config", lambda name: short)
    torch.save(published, tmp_path / "resnet.pth")
    few = faces.pick(np.arange(42))
    np.savez(tmp_path / "training.npz", images=few.images, labels=few.labels)
    command = ["--data", str(tmp_path), "--out", str(tmp_path / "run"), "--sizes", "0:32", "--batch", "4"]
    asked = ["--pretrained", str(tmp_path / "resnet.pth"), "--epochs", "0.1", "--peak-rate", "1e-9", "--average", "0"]
    assert train.main([*command, *asked]) == 0
    best = checkpoints.load(tmp_path / "run" / "best.pt")
    assert best["step"] == 1
    assert best["facts"]["pretrained"].endswith("resnet.pth")
    (tmp_path / "resnet.pth").unlink()
    assert train.main([*command, "--epochs", "0.2", "--resume"]) == 0
    resumed = checkpoints.load(tmp_path / "run" / "checkpoint.pt")
    assert resumed["step"] == 2
    assert resumed["facts"] == best["facts"]
    torch.testing.assert_close(best["average"]["trunk.layer4.0.conv3.weight"], published["layer4.0.conv3.weight"])


def test_a_run_goes_on_from_the_average_of_another(
    short: EmotionConfig,
    faces: FaceSet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(plan, "load_config", lambda name: replace(short, name=name, lstm_size=int(name)))
    few = faces.pick(np.arange(42))
    np.savez(tmp_path / "training.npz", images=few.images, labels=few.labels)
    command = ["--data", str(tmp_path), "--sizes", "0:32", "--batch", "4", "--epochs", "0.1"]
    assert train.main([*command, "--config", "8", "--out", str(tmp_path / "one"), "--seed", "3"]) == 0
    one = checkpoints.load(tmp_path / "one" / "best.pt")["average"]
    start = ["--start", str(tmp_path / "one"), "--peak-rate", "1e-9", "--average", "0", "--seed", "3"]
    assert train.main([*command, *start, "--config", "8", "--out", str(tmp_path / "two")]) == 0
    two = checkpoints.load(tmp_path / "two" / "best.pt")
    assert two["facts"]["start"] == str(tmp_path / "one")
    torch.testing.assert_close(two["average"]["head.weight"], one["head.weight"])
    assert train.main([*command, *start, "--config", "9", "--out", str(tmp_path / "three")]) == 2
    assert "another configuration" in capsys.readouterr().err


def test_a_run_is_not_started_from_one_that_learned_what_it_is_judged_on(
    short: EmotionConfig,
    faces: FaceSet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(plan, "load_config", lambda name: short)
    few = faces.pick(np.arange(42))
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        np.savez(tmp_path / name / "training.npz", images=few.images, labels=few.labels)
    here, there = (["--data", str(tmp_path / name)] for name in ("here", "there"))
    short_run = ["--sizes", "0:32", "--batch", "4", "--epochs", "0.1"]
    assert train.main([*here, *short_run, "--out", str(tmp_path / "one")]) == 0
    onwards = [*short_run, "--start", str(tmp_path / "one"), "--out", str(tmp_path / "two")]
    for flags in ([*here, "--seed", "4"], there, [*here, *there]):
        assert train.main([*flags, *onwards]) == 2
        assert "held other faces out" in capsys.readouterr().err
        assert not (tmp_path / "two").exists()
    monkeypatch.chdir(tmp_path)  # the same folder by another name, shown more often
    assert train.main(["--data", "here:2", *onwards]) == 0
