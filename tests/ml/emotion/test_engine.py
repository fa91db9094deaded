"""ONNX Runtime answers as torch does, and whatever device the networks lie on, tensors go there and come back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from ml.emotion.config import EmotionConfig
from ml.emotion.engine import Engine, eager, engine_for, in_onnx_runtime
from ml.emotion.fold import folded
from ml.emotion.network import EmotionNet
from ml.emotion.read import read_both
from ml.emotion.reader import EmotionReader
from ml.emotion.temporal import TemporalState
from tests.ml.emotion.test_fold import lived

NEAR = 1e-4
"""The most by which a probability may differ between the engines; measured: 1e-6."""


def read(model: EmotionNet, engine: Engine, faces: torch.Tensor) -> tuple[torch.Tensor, ...]:
    state = TemporalState.parted(torch.ones(len(faces), TemporalState.numbers(6)), 6)
    alone, followed, after = read_both(faces, state, model, engine)
    return alone, followed, after.joined()


def make(config: EmotionConfig) -> EmotionNet:
    model = lived(config)
    with torch.no_grad():
        for attention in model.trunk.attention.values():
            torch.nn.init.normal_(attention.conv.weight)
        model.head.weight.normal_()
    return folded(model)


@pytest.mark.parametrize("faces", [1, 3])
@pytest.mark.parametrize("stem", ["3x3", "7x7-pool"])
def test_onnx_runtime_answers_as_torch_does(tiny: EmotionConfig, stem: str, faces: int) -> None:
    model = make(replace(tiny, stem=stem))
    seen = torch.rand(faces, 1, tiny.input_size, tiny.input_size)
    ours, expected = read(model, in_onnx_runtime(model), seen), read(model, eager(model), seen)
    assert expected[0].std() > 0.01
    for one, other in zip(ours, expected, strict=True):
        torch.testing.assert_close(one, other, atol=NEAR, rtol=0)


def test_the_reader_reads_with_onnx_runtime_on_a_processor(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = EmotionReader.load(weights)
    monkeypatch.setattr(EmotionNet, "features", None)  # torch's way is not gone
    reader.warm_up()


def test_a_network_that_keeps_its_norms_is_refused(network: EmotionNet) -> None:
    with pytest.raises(TypeError, match="folded"):
        engine_for(network)


@contextmanager
def pretended_gpu() -> Iterator[None]:
    """Tensors without contents, on a device that is not there: mixing devices raises as on a real one."""
    with FakeTensorMode():
        yield


def on_it(config: EmotionConfig) -> EmotionNet:
    with torch.device("cuda:0"):
        return EmotionNet(config).eval()


def test_all_of_a_network_goes_to_its_device_and_answers_come_back(tiny: EmotionConfig) -> None:
    with pretended_gpu():
        model = on_it(tiny)
        answers = read(model, engine_for(model), torch.rand(3, 1, tiny.input_size, tiny.input_size))
        assert {answer.device.type for answer in answers} == {"cpu"}
        assert model.temperature.device.type == "cuda"


def test_the_pretended_gpu_would_show_a_tensor_left_behind(tiny: EmotionConfig) -> None:
    with pretended_gpu():
        model = on_it(tiny)
        model.head = torch.nn.Linear(tiny.features, 7)
        with pytest.raises(RuntimeError, match="device"):
            read(model, engine_for(model), torch.rand(3, 1, tiny.input_size, tiny.input_size))
