"""Weights in int8: torchao is told which network and how, and what is painted stays what it was.

torchao is no requirement, so a module of its two names stands in for it, which rounds the weights as torchao would.
"""

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline

from ml.imaging.production.acceleration import Acceleration, Device, planned
from ml.imaging.production.applying import applied
from ml.imaging.production.device import device_at
from tests.ml.imaging.tiny_pipelines import SIDE, tiny_pipeline

WISH = Acceleration(int8=True)


class Int8WeightOnlyConfig:
    """What says "weights alone, linear layers" to torchao."""


class TorchAO(ModuleType):
    """Keeps what it was asked for; a weight becomes the nearest of 255 steps of its row."""

    Int8WeightOnlyConfig = Int8WeightOnlyConfig

    def __init__(self) -> None:
        super().__init__("torchao.quantization")
        self.asked: list[tuple[torch.nn.Module, object]] = []

    def quantize_(self, model: torch.nn.Module, config: object) -> None:
        self.asked.append((model, config))
        for layer in model.modules():
            if isinstance(layer, torch.nn.Linear):
                step = layer.weight.detach().abs().amax(dim=1, keepdim=True) / 127
                layer.weight = torch.nn.Parameter((layer.weight.detach() / step).round().clamp(-127, 127) * step)


@pytest.fixture
def torchao(monkeypatch: pytest.MonkeyPatch) -> TorchAO:
    module, package = TorchAO(), ModuleType("torchao")
    package.__spec__ = ModuleSpec("torchao", None)  # by which a machine is asked whether it has it
    monkeypatch.setitem(sys.modules, "torchao", package)
    monkeypatch.setitem(sys.modules, "torchao.quantization", module)
    return module


def paint(pipeline: StableDiffusionPipeline) -> np.ndarray:
    pipeline.set_progress_bar_config(disable=True)
    seed = torch.Generator().manual_seed(0)
    images = pipeline("a lake", num_inference_steps=2, output_type="np", height=SIDE, width=SIDE, generator=seed).images
    return np.asarray(images)


def test_the_network_that_denoises_and_no_other_gets_weights_in_int8_and_goes_on_painting(torchao: TorchAO) -> None:
    plan = planned(WISH, device_at("cpu"))
    pipeline, before = tiny_pipeline(), paint(tiny_pipeline())
    untouched = {name: part.state_dict() for name, part in (("vae", pipeline.vae), ("text", pipeline.text_encoder))}
    kept = {name: {key: value.clone() for key, value in state.items()} for name, state in untouched.items()}
    after = paint(applied(pipeline, plan, "cpu"))
    [(model, config)] = torchao.asked
    assert model is pipeline.unet
    assert type(config) is Int8WeightOnlyConfig
    assert all(torch.equal(untouched[name][key], value) for name, state in kept.items() for key, value in state.items())
    assert np.isfinite(after).all()
    assert 0 < np.abs(after - before).max() * 255 < 5


def test_a_machine_without_torchao_paints_in_its_own_numbers(caplog: pytest.LogCaptureFixture) -> None:
    plan = planned(WISH, Device("cpu"))
    with caplog.at_level("INFO"):
        after = paint(applied(tiny_pipeline(), plan, "cpu"))
    assert "int8: torchao is not installed" in caplog.messages
    assert np.array_equal(after, paint(tiny_pipeline()))
