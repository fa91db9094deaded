"""Pruning leaves out what counts least: nothing where nothing is left out, and dead channels for free."""

import json
from dataclasses import replace

import pytest
import torch

from ml.emotion.config import EmotionConfig, load_config
from ml.emotion.engine import in_onnx_runtime
from ml.emotion.fold import folded
from ml.emotion.network import EmotionNet
from ml.emotion.training.prune import blocks, pruned
from tests.ml.emotion.test_fold import lived


@pytest.fixture
def model(tiny: EmotionConfig) -> EmotionNet:
    return lived(tiny)


@pytest.fixture
def faces(tiny: EmotionConfig) -> torch.Tensor:
    return torch.rand(4, 1, tiny.input_size, tiny.input_size)


@torch.no_grad()
def test_with_nothing_left_out_the_network_answers_the_same(model: EmotionNet, faces: torch.Tensor) -> None:
    whole = pruned(model, 0.0)
    assert whole.config.planes == (8, 16, 32, 64)
    assert torch.equal(whole(faces), model(faces))


@torch.no_grad()
def test_channels_that_say_nothing_are_the_ones_left_out(model: EmotionNet, faces: torch.Tensor) -> None:
    chance = torch.Generator().manual_seed(1)
    for block in blocks(model.trunk):
        for norm in (block.bn1, block.bn2):
            dead = torch.randperm(norm.num_features, generator=chance)[: norm.num_features // 2]
            norm.weight[dead] = 0
            norm.bias[dead] = -1  # silent behind the ReLU
    smaller = pruned(model, 0.5)
    torch.testing.assert_close(smaller(faces), model(faces), atol=1e-5, rtol=1e-4)
    assert not torch.allclose(pruned(model, 0.75)(faces), model(faces), atol=1e-3)


def test_it_shrinks_and_the_original_stays(model: EmotionNet) -> None:
    before = {name: value.clone() for name, value in model.state_dict().items()}
    smaller = pruned(model, 0.25)
    assert smaller.config.planes == (8, 12, 24, 48)
    assert [block.conv2.in_channels for block in blocks(smaller.trunk)] == [8, 12, 24, 48]
    assert _parameters(smaller) < 0.8 * _parameters(model)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


@torch.no_grad()
def test_no_block_loses_everything(model: EmotionNet, faces: torch.Tensor) -> None:
    least = pruned(model, 1.0)
    assert set(least.config.planes) == {4}
    assert torch.isfinite(least(faces)).all()


@torch.no_grad()
def test_a_pruned_network_runs_in_onnx_runtime(model: EmotionNet, faces: torch.Tensor) -> None:
    reading = folded(pruned(model, 0.25))
    _, logits = in_onnx_runtime(reading)(faces)
    torch.testing.assert_close(logits, reading(faces), atol=1e-4, rtol=1e-3)


def test_inner_widths_are_stored_and_configurations_from_before_load(tiny: EmotionConfig) -> None:
    narrow = replace(tiny, planes=(8, 12, 24, 48))
    assert EmotionConfig.from_dict(json.loads(narrow.to_json())) == narrow
    old = {name: value for name, value in json.loads(tiny.to_json()).items() if name != "planes"}
    assert EmotionConfig.from_dict(old) == tiny
    assert load_config("cpu").planes == ()


def test_as_many_inner_widths_as_blocks(tiny: EmotionConfig) -> None:
    with pytest.raises(ValueError, match="4 blocks"):
        replace(tiny, planes=(8, 16))


def _parameters(model: EmotionNet) -> int:
    return sum(parameter.numel() for parameter in model.parameters())
