"""dlib's face network, read from its own file format, begins where it ended and can be taught and teach."""

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, conv2d, max_pool2d, pad, relu

from ml.emotion import train
from ml.emotion.config import EmotionConfig, load_config
from ml.emotion.data.faceset import FaceSet
from ml.emotion.engine import eager, in_onnx_runtime
from ml.emotion.engine_graph import emotion_graph
from ml.emotion.face_trunk import FaceTrunk
from ml.emotion.network import EmotionNet
from ml.emotion.training import checkpoints, plan
from ml.emotion.training.dlib_weights import load_face_trunk
from ml.emotion.training.machine import Machine
from ml.emotion.training.pretrained import WrongWeights
from ml.emotion.training.prune import pruned
from ml.emotion.training.recipe import Recipe
from ml.emotion.training.teachers import Teachers
from ml.emotion.training.trainer import Length, Trainer
from tests.ml.emotion.test_engine import NEAR, make, read

Layer = tuple[Tensor, Tensor, Tensor, Tensor]
"""A convolution's kernel and bias, and the scale and shift after it."""


@pytest.fixture
def narrow() -> EmotionConfig:
    return replace(load_config("teacher"), width=4, blocks=(1, 1, 2, 1), input_size=72, lstm_size=6)


@pytest.fixture
def layers() -> list[Layer]:
    random = torch.Generator().manual_seed(4)

    def layer(inputs: int, outputs: int, side: int) -> Layer:
        def some(*shape: int) -> Tensor:
            return torch.randn(*shape, generator=random)

        return (some(outputs, inputs, side, side) * (inputs * side * side) ** -0.5, some(outputs) * 0.1,
                1 + some(outputs).abs(), some(outputs) * 0.3)  # fmt: skip

    widths = [(4, 4), (4, 8), (8, 16), (16, 16), (16, 32)]
    blocks = [layer(*pair, 3) for first, second in widths for pair in ((first, second), (second, second))]
    return [layer(3, 4, 7), *blocks, layer(32, 32, 3), layer(32, 32, 3)]  # dlib's has one block more than ours


def integer(value: int) -> bytes:
    body = abs(value).to_bytes(max(1, (abs(value).bit_length() + 7) // 8), "little")
    return bytes([len(body) | (0x80 if value < 0 else 0)]) + body


def tensor(values: Tensor) -> bytes:
    sizes = b"".join(integer(size) for size in (2, values.numel(), 1, 1, 1))
    return sizes + struct.pack(f"<{values.numel()}f", *values.tolist())


def written(layers: list[Layer], path: Path) -> Path:
    """A file as dlib writes it: names, one number of form, and tensors, with what we do not read between."""
    parts = [b"\x01\x01\x0dloss_metric_2\x03\x0a\xd7\xa3\x81\x1c"]
    for kernel, bias, scale, shift in layers:
        parts += [b"\x05con_4", tensor(torch.cat([kernel.flatten(), bias])), integer(-4), integer(32)]
        parts += [b"\x07affine_", tensor(torch.cat([scale, shift])), b"\x05relu_110\x01\x02\x01\x00"]
    path.write_bytes(b"".join(parts))
    return path


def as_dlib(layers: list[Layer], colours: Tensor) -> Tensor:
    """What the published network's first blocks make of (N, 3, S, S) colours of 0 to 255, written out plainly."""

    def through(x: Tensor, layer: Layer, stride: int, padding: int) -> Tensor:
        kernel, bias, scale, shift = layer
        return conv2d(x, kernel, bias, stride, padding) * scale.view(-1, 1, 1) + shift.view(-1, 1, 1)

    mean = torch.tensor([122.782, 117.001, 104.298]).view(3, 1, 1)
    x = max_pool2d(relu(through((colours - mean) / 256, layers[0], 2, 0)), 3, 2)
    for first, second in zip(layers[1:-2:2], layers[2:-2:2], strict=True):
        strides = len(first[0]) != first[0].shape[1]
        y = through(relu(through(x, first, 2 if strides else 1, 0 if strides else 1)), second, 1, 1)
        x = avg_pool2d(x, 2, 2) if strides else x
        x = pad(x, (0, 0, 0, 0, 0, y.shape[1] - x.shape[1]))
        y = pad(y, (0, x.shape[3] - y.shape[3], 0, x.shape[2] - y.shape[2]))
        x = relu(x + y)
    return x.mean(dim=(2, 3))


def test_it_begins_as_dlibs_network_ended(narrow: EmotionConfig, layers: list[Layer], tmp_path: Path) -> None:
    network = EmotionNet(narrow).eval()
    grey = torch.rand(6, 1, 72, 72, generator=torch.Generator().manual_seed(1))
    seen = network.normalised(grey)
    assert isinstance(network.trunk, FaceTrunk)
    load_face_trunk(network.trunk, written(layers, tmp_path / "faces.dat"), seen)
    with torch.inference_mode():
        expected = as_dlib(layers, (seen * 55 + 115).expand(-1, 3, -1, -1))
        features, maps = network.features(grey)
    assert features.shape == (6, narrow.features)
    assert maps == []
    torch.testing.assert_close(features, expected, rtol=1e-4, atol=1e-4)
    network.trunk.train()
    with torch.no_grad():  # fitted to these faces: their own statistics are the stored ones
        again = network.trunk.bn1(network.trunk.conv1(seen))
    torch.testing.assert_close(again.mean(dim=(0, 2, 3)), network.trunk.bn1.bias.detach(), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    "device",
    ["meta", pytest.param("cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here"))],
)
def test_it_is_loaded_where_the_network_computes(
    device: str, narrow: EmotionConfig, layers: list[Layer], tmp_path: Path
) -> None:
    """torch's meta device computes nothing, and takes as little as a GPU that numbers lie elsewhere."""
    network = EmotionNet(narrow).to(device)
    assert isinstance(network.trunk, FaceTrunk)
    load_face_trunk(network.trunk, written(layers, tmp_path / "faces.dat"), torch.rand(6, 1, 72, 72, device=device))
    assert network.trunk.bn1.weight.device.type == device


@pytest.mark.parametrize("spoil", ["short", "other", "empty"])
def test_another_file_is_told_apart(spoil: str, narrow: EmotionConfig, layers: list[Layer], tmp_path: Path) -> None:
    path = written(layers, tmp_path / "faces.dat")
    held = path.read_bytes()
    path.write_bytes(
        {"short": held[: len(held) // 3], "other": held.replace(b"con_4", b"con_5", 1), "empty": b""}[spoil]
    )
    with pytest.raises(WrongWeights, match=r"faces\.dat: not dlib's"):
        load_face_trunk(FaceTrunk(narrow), path, torch.rand(4, 1, 72, 72))


def test_the_command_trains_it_from_the_file_and_it_teaches(
    narrow: EmotionConfig, layers: list[Layer], faces: FaceSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "load_config", lambda name: narrow)
    np.savez(tmp_path / "training.npz", images=faces.images, labels=faces.labels)
    command = ["--data", str(tmp_path), "--out", str(tmp_path / "run"), "--batch", "20", "--epochs", "40"]
    command += ["--sizes", "0:72", "--mixup", "0", "--peak-rate", "0.05", "--average", "0.9", "--erase", "0"]
    assert train.main([*command, "--pretrained", str(written(layers, tmp_path / "faces.dat"))]) == 0
    assert checkpoints.load(tmp_path / "run" / "best.pt")["accuracy"] > 0.4  # chance is 0.14
    taught = Teachers([tmp_path / "run" / "best.pt"], Machine()).blended(torch.rand(3, 1, 44, 44), torch.zeros(3, 7), 1)
    torch.testing.assert_close(taught.sum(dim=1), torch.ones(3))
    assert train.main([*command, "--pretrained", str(tmp_path / "training.npz")]) == 2


def test_a_resumed_run_drops_the_same_features(narrow: EmotionConfig, faces: FaceSet, tmp_path: Path) -> None:
    def trainer() -> Trainer:
        return Trainer(narrow, Recipe(batch=12, sizes=((0.0, 72),)), faces, Length(steps=4))

    whole, broken = trainer(), trainer()
    losses = list(whole.run())
    steps = broken.run()
    first = [next(steps) for _ in range(2)]
    checkpoints.save(broken.state(), tmp_path / "checkpoint.pt")
    resumed = trainer().restore(checkpoints.load(tmp_path / "checkpoint.pt"))
    assert first + list(resumed.run()) == losses
    for name, value in whole.average.state_dict().items():
        assert torch.equal(value, resumed.average.state_dict()[name]), name


@pytest.mark.parametrize("change", [{"stem": "3x3"}, {"channels": 3}, {"planes": (4,) * 5}])
def test_what_the_layout_has_not_is_refused(narrow: EmotionConfig, change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="basic blocks"):
        EmotionNet(replace(narrow, **change))  # type: ignore[arg-type]


def test_attention_begins_as_the_identity(narrow: EmotionConfig, layers: list[Layer], tmp_path: Path) -> None:
    path, faces = written(layers, tmp_path / "faces.dat"), torch.rand(3, 1, 72, 72)
    plain, attentive = EmotionNet(narrow), EmotionNet(replace(narrow, attention_stages=(2, 3)))
    for network in (plain, attentive):
        assert isinstance(network.trunk, FaceTrunk)
        load_face_trunk(network.trunk, path, network.normalised(faces))
    with torch.inference_mode():
        features, maps = attentive.features(faces)
        torch.testing.assert_close(features, plain.features(faces)[0])
    assert [seen.shape for seen in maps] == [(3, 1, 8, 8), (3, 1, 4, 4)]


@pytest.mark.parametrize("size", [72, 77, 136])
def test_onnx_runtime_reads_it_as_torch_does(narrow: EmotionConfig, size: int) -> None:
    """Sides at which no block, some blocks and most blocks have to pad."""
    model = make(replace(narrow, input_size=size, attention_stages=(2, 3)))
    seen = torch.rand(3, 1, size, size)
    ours, expected = read(model, in_onnx_runtime(model), seen), read(model, eager(model), seen)
    assert expected[0].std() > 0.01
    for one, other in zip(ours, expected, strict=True):
        torch.testing.assert_close(one, other, atol=NEAR, rtol=0)


def test_one_that_keeps_its_norms_is_made_into_no_engine(narrow: EmotionConfig) -> None:
    with pytest.raises(TypeError, match="folded"):
        emotion_graph(EmotionNet(narrow))


def test_it_is_not_pruned(narrow: EmotionConfig) -> None:
    with pytest.raises(TypeError, match="not for basic blocks"):
        pruned(EmotionNet(narrow), 0.25)
