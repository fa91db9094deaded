"""Checkpointing, precision and device change how a step is computed, not what it learns."""

import pytest
import torch

from ml.emotion.config import EmotionConfig
from ml.emotion.data.faceset import FaceSet
from ml.emotion.network import EmotionNet
from ml.emotion.training.augment import Augmentation
from ml.emotion.training.machine import Machine, NoSuchDevice, Precision
from ml.emotion.training.recipe import Recipe
from ml.emotion.training.trainer import Length, Trainer

# no grain, which alone is drawn on the device
STILL = Augmentation(noise=0.0, soften=0.25)
RECIPE = Recipe(seed=5, batch=21, peak_rate=0.05, sizes=((0.0, 24),), augmentation=STILL)
CUDA_TOLERANCE = 2e-3
"""Largest difference of a loss over six steps: sums in another order, grown by the steps between."""


def trained(tiny: EmotionConfig, faces: FaceSet, machine: Machine) -> tuple[Trainer, list[float]]:
    trainer = Trainer(tiny, RECIPE, faces, Length(steps=6), machine)
    return trainer, list(trainer.run())


def test_checkpointing_gives_the_same_loss_gradients_and_running_means(tiny: EmotionConfig) -> None:
    torch.manual_seed(1)
    plain, thrifty = EmotionNet(tiny).train(), EmotionNet(tiny).train()
    thrifty.load_state_dict(plain.state_dict())
    thrifty.trunk.checkpointing = True
    faces, labels = torch.rand(6, 1, 24, 24), torch.arange(6)
    for network in (plain, thrifty):
        loss = torch.nn.functional.cross_entropy(network(faces), labels)
        loss.backward()
    gradients = [{n: p.grad for n, p in one.named_parameters() if p.grad is not None} for one in (plain, thrifty)]
    assert gradients[0].keys() == gradients[1].keys()
    assert any("layer1" in name for name in gradients[0])
    for name, gradient in gradients[0].items():
        torch.testing.assert_close(gradient, gradients[1][name], atol=1e-5, rtol=1e-5, msg=name)
    for name, value in plain.state_dict().items():
        assert torch.equal(value, thrifty.state_dict()[name]), name


def test_checkpointing_keeps_less_for_the_gradient(tiny: EmotionConfig) -> None:
    kept: dict[bool, int] = {}
    for checkpointing in (False, True):
        torch.manual_seed(1)
        network = EmotionNet(tiny).train()
        network.trunk.checkpointing = checkpointing
        sizes: list[int] = []
        # torch calls it for each tensor that it keeps until the gradient is taken
        keep = lambda tensor, sizes=sizes: sizes.append(tensor.numel()) or tensor  # noqa: E731
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            network(torch.rand(6, 1, 24, 24))
        kept[checkpointing] = sum(sizes)
    assert kept[True] < 0.5 * kept[False]


def test_a_checkpointed_run_learns_the_same(tiny: EmotionConfig, faces: FaceSet) -> None:
    plain, losses = trained(tiny, faces, Machine())
    thrifty, again = trained(tiny, faces, Machine(checkpointing=True))
    assert again == pytest.approx(losses, abs=1e-5)
    for name, value in plain.average.state_dict().items():
        torch.testing.assert_close(value, thrifty.average.state_dict()[name], atol=1e-5, rtol=1e-5, msg=name)


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_half_precision_learns_nearly_the_same(tiny: EmotionConfig, faces: FaceSet, precision: Precision) -> None:
    _, losses = trained(tiny, faces, Machine())
    trainer, rounded = trained(tiny, faces, Machine(precision=precision))
    assert rounded != losses  # something was computed otherwise
    assert rounded == pytest.approx(losses, abs=0.1)
    assert {parameter.dtype for parameter in trainer.model.parameters()} == {torch.float32}


@pytest.mark.parametrize("device", ["cuda", "cuda:0"])
def test_single_precision_is_that_on_a_gpu_too(monkeypatch: pytest.MonkeyPatch, device: str) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    Machine().check()
    assert torch.backends.cudnn.allow_tf32
    Machine(device=device).check()
    assert not torch.backends.cudnn.allow_tf32


def test_only_fp16_scales_its_loss() -> None:
    scales = {p: Machine(precision=p).scaler().is_enabled() for p in ("fp32", "bf16", "fp16")}
    assert scales == {"fp32": False, "bf16": False, "fp16": True}


@pytest.mark.parametrize("device", ["cuda:512", "cuda:x", "cuda:-1", "tpu", ""])
def test_a_device_that_is_not_here_is_refused(device: str) -> None:
    with pytest.raises(NoSuchDevice):
        Machine(device=device).check()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cpu_and_cuda_agree(tiny: EmotionConfig, faces: FaceSet) -> None:
    _, here = trained(tiny, faces, Machine())
    _, there = trained(tiny, faces, Machine(device="cuda").check())
    assert there == pytest.approx(here, abs=CUDA_TOLERANCE)
