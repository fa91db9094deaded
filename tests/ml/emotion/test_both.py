"""Two trained networks joined say what they say on average, in one pass, in the space of one."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from ml.emotion import join, train_temporal
from ml.emotion.both import Both
from ml.emotion.config import EmotionConfig, load_config
from ml.emotion.data.faceset import FaceSet
from ml.emotion.engine import eager, in_onnx_runtime
from ml.emotion.fold import folded
from ml.emotion.resize import resize
from ml.emotion.stored import load_network, save_network
from ml.emotion.training import checkpoints
from ml.emotion.training.recipe import Recipe
from ml.emotion.training.trained import trained
from ml.weights import shelf
from tests.ml.emotion.test_engine import NEAR, read
from tests.ml.emotion.test_fold import lived


@pytest.fixture
def second(tiny: EmotionConfig) -> EmotionConfig:
    return replace(load_config("face"), width=4, blocks=(1, 1, 1, 1), input_size=72, lstm_size=tiny.lstm_size)


def run_of(config: EmotionConfig, recipe: Recipe | None = None) -> dict[str, Any]:
    model = lived(config)
    with torch.no_grad():
        nn.init.normal_(model.head.weight)
        nn.init.normal_(model.head.bias)
        for module in model.trunk.modules():
            if isinstance(module, nn.Conv2d) and module.bias is not None:
                nn.init.normal_(module.weight)
    stored = (recipe or Recipe()).to_dict()
    return {"config": config.to_json(), "recipe": stored, "average": model.state_dict(), "step": 5}


def test_joined_they_say_what_they_say_on_average(tiny: EmotionConfig, second: EmotionConfig) -> None:
    runs = [run_of(tiny), run_of(second)]
    first, other = (trained(run) for run in runs)
    both = trained(join.joined(*runs, 0.25))
    faces = torch.rand(4, 1, 24, 24)
    with torch.inference_mode():
        seen = first.normalised(faces)
        apart = [first.head(first.trunk(seen)[0]), other.head(other.trunk(resize(seen, 72))[0])]
        torch.testing.assert_close(both(faces), 0.75 * apart[0] + 0.25 * apart[1], rtol=1e-4, atol=1e-4)
        features, maps = both.features(faces)
    assert features.shape == (4, tiny.features + second.features) == (4, both.config.features)
    assert [seen.shape[-1] for seen in maps] == [6, 3, 8, 4]
    assert both.config.attention_maps == ("2", "3", "2 of face", "3 of face")
    assert EmotionConfig.from_dict(json.loads(both.config.to_json())) == both.config


def test_onnx_runtime_reads_both_as_torch_does_and_no_norm_is_left(tiny: EmotionConfig, second: EmotionConfig) -> None:
    model = folded(trained(join.joined(run_of(tiny), run_of(second), 0.5)))
    assert not any(isinstance(module, nn.BatchNorm2d) for module in model.modules())
    for count in (1, 3):
        seen = torch.rand(count, 1, 24, 24)
        ours, expected = read(model, in_onnx_runtime(model), seen), read(model, eager(model), seen)
        assert expected[0].std() > 0.01
        for one, other in zip(ours, expected, strict=True):
            torch.testing.assert_close(one, other, atol=NEAR, rtol=0)


@pytest.mark.parametrize("change", [{"seed": 7}, {"hold_out": 0.2}])
def test_runs_that_held_other_faces_out_are_not_joined(
    change: dict[str, Any], tiny: EmotionConfig, second: EmotionConfig
) -> None:
    with pytest.raises(join.NotToBeJoined, match="different faces"):
        join.joined(run_of(tiny), run_of(second, replace(Recipe(), **change)), 0.5)


def test_runs_on_other_data_are_not_joined(tiny: EmotionConfig, second: EmotionConfig) -> None:
    here, both = ({"facts": {"data": data}} for data in (["here:1"], ["here:1", "there:0.5"]))
    with pytest.raises(join.NotToBeJoined, match="different faces"):
        join.joined(run_of(tiny) | here, run_of(second) | both, 0.5)
    join.joined(run_of(tiny) | both, run_of(second) | both, 0.5)
    join.joined(run_of(tiny) | here, run_of(second), 0.5)  # which is from before data were stored


def test_joined_runs_on_several_data_sets_are_not_calibrated_on_one(
    tiny: EmotionConfig, second: EmotionConfig, faces: FaceSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = {"facts": {"data": [f"{tmp_path}:1", "elsewhere:2"]}}
    for name, config in (("first", tiny), ("second", second)):
        checkpoints.save(run_of(config) | data, tmp_path / name / "best.pt")
    command = ["--first", str(tmp_path / "first"), "--second", str(tmp_path / "second"), "--out", str(tmp_path / "run")]
    assert join.main(command) == 0
    assert checkpoints.load(tmp_path / "run" / "best.pt")["facts"]["data"] == data["facts"]["data"]
    np.savez(tmp_path / "training.npz", images=faces.images, labels=faces.labels)
    command = ["--data", str(tmp_path), "--run", str(tmp_path / "run"), "--weights", str(tmp_path / "emotion")]
    assert train_temporal.main([*command, "--clips", "12", "--epochs", "1"]) == 2
    assert "elsewhere:2" in capsys.readouterr().err
    assert not (tmp_path / "emotion").exists()


def test_faces_normalised_otherwise_are_not_joined(tiny: EmotionConfig, second: EmotionConfig) -> None:
    with pytest.raises(join.NotToBeJoined, match="normalised alike"):
        join.joined(run_of(tiny), run_of(second) | {"config": replace(second, normalise="imagenet").to_json()}, 0.5)


@pytest.mark.parametrize("share", [0.0, 1.0, 7.0])
def test_a_share_that_leaves_one_out_is_refused(share: float, tiny: EmotionConfig, second: EmotionConfig) -> None:
    with pytest.raises(join.NotToBeJoined, match="between 0 and 1"):
        join.joined(run_of(tiny), run_of(second), share)


def test_what_is_joined_is_not_joined_again(tiny: EmotionConfig, second: EmotionConfig) -> None:
    both = join.joined(run_of(tiny), run_of(second), 0.5)
    with pytest.raises(join.NotToBeJoined, match="joined already"):
        join.joined(both, run_of(second), 0.5)


def test_the_commands_join_and_follow(
    tiny: EmotionConfig, second: EmotionConfig, faces: FaceSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, config in (("first", tiny), ("second", second)):
        checkpoints.save(run_of(config), tmp_path / name / "best.pt")
    command = ["--first", str(tmp_path / "first"), "--second", str(tmp_path / "second"), "--out", str(tmp_path / "run")]
    assert join.main(command) == 0
    np.savez(tmp_path / "training.npz", images=faces.images, labels=faces.labels)
    command = ["--data", str(tmp_path), "--run", str(tmp_path / "run"), "--weights", str(tmp_path / "emotion")]
    assert train_temporal.main([*command, "--clips", "12", "--epochs", "1", "--eight-bits"]) == 0
    assert "fade_1" in capsys.readouterr().out
    back = load_network(shelf.take("emotion", folder=tmp_path / "emotion"))
    assert isinstance(back.trunk, Both)
    assert join.main(["--first", "nowhere", "--second", "nowhere", "--out", str(tmp_path / "x")]) == 2


def test_kernels_in_eight_bits_take_half_the_space_and_say_nearly_the_same(tiny: EmotionConfig, tmp_path: Path) -> None:
    model, sizes = trained(run_of(replace(tiny, width=16))), []
    for name, eight_bits in (("half", False), ("eight", True)):
        save_network(model, tmp_path / name, eight_bits=eight_bits)
        sizes.append((tmp_path / name / "model.safetensors").stat().st_size)
    back = load_network(shelf.take("emotion", folder=tmp_path / "eight"))
    faces = torch.rand(8, 1, 24, 24)
    with torch.inference_mode():
        torch.testing.assert_close(back(faces).softmax(1), model(faces).softmax(1), atol=0.05, rtol=0)
        assert not torch.equal(back(faces), model(faces))
    assert sizes[1] < 0.65 * sizes[0]
