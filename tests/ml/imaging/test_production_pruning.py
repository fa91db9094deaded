"""A pruned UNet is smaller, loses what counts least, learns again what the whole one knew, and loads as any other."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers.models.attention import FeedForward
from diffusers.models.resnet import ResnetBlock2D

from ml.imaging.loading import load_pipeline
from ml.imaging.production import recover
from ml.imaging.production.beside import Asking, painted
from ml.imaging.production.onnx_files import networks, write
from ml.imaging.production.onnx_running import OnnxPart
from ml.imaging.production.prune import pruned
from ml.imaging.production.recovering import Lessons, Recovery, lessons
from ml.imaging.profiles import profile
from ml.imaging.training.budget import load_checkpoint
from ml.weights.shelf import WeightsAltered
from tests.ml.imaging.tiny_pipelines import SIDE, TOKENS, save_tiny, tiny_pipeline, tiny_unet

Out = pytest.CaptureFixture[str]


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def asked() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    chance = torch.Generator().manual_seed(0)
    codes, states = torch.randn(2, 4, 8, 8, generator=chance), torch.randn(2, TOKENS, 16, generator=chance)
    return codes, torch.tensor([10, 700]), states


@torch.inference_mode()
def test_without_a_share_to_leave_out_it_answers_as_before() -> None:
    unet = tiny_unet().eval()
    same, _ = pruned(unet, 0.0)
    assert torch.allclose(same(*asked()).sample, unet(*asked()).sample, atol=1e-6)


@torch.inference_mode()
def test_what_counts_for_nothing_is_what_goes() -> None:
    """Half of each block is silenced, scattered; without just that half the answer stays."""
    unet = tiny_unet().eval()
    for module in unet.modules():
        if isinstance(module, ResnetBlock2D):
            width = module.norm2.num_channels // module.norm2.num_groups
            silent = torch.arange(module.norm2.num_channels) // width % 2 == 0
            module.norm2.weight[silent], module.norm2.bias[silent] = 0.0, 0.0
        elif isinstance(module, FeedForward):
            module.net[2].weight[:, ::2] = 0.0
    expected = unet(*asked()).sample
    half, _ = pruned(unet, 0.5)
    assert torch.allclose(half(*asked()).sample, expected, atol=1e-5)
    quarter, _ = pruned(unet, 0.75)
    assert not torch.allclose(quarter(*asked()).sample, expected, atol=1e-3)


def test_more_left_out_is_smaller_no_block_is_left_empty_and_the_whole_stays_as_it_was() -> None:
    unet = tiny_unet()
    before = {name: value.clone() for name, value in unet.state_dict().items()}
    sizes = [sum(one.numel() for one in pruned(unet, share)[0].parameters()) for share in (0.0, 0.25, 0.5, 0.99)]
    assert sizes == sorted(set(sizes), reverse=True)
    assert all(torch.equal(value, before[name]) for name, value in unet.state_dict().items())
    _, widths = pruned(unet, 0.99)
    assert set(widths.resnets.values()) == {1}


@pytest.fixture(scope="module")
def taught() -> Lessons:
    return lessons(tiny_pipeline(), SIDE, scenes=16, seed=3)


def recovery_of(given: Lessons) -> Recovery:
    pipeline = tiny_pipeline()
    return Recovery(pipeline, pruned(pipeline.unet, 0.5)[0], given, rate=2e-2)


def test_it_learns_to_answer_as_the_whole_one_did(taught: Lessons, tmp_path: Path) -> None:
    recovery = recovery_of(taught)
    before = recovery.apart(recovery.student)
    recovery.run(tmp_path / "recover.pt", 0.02, seed=1, resume=False)
    assert recovery.step > 2
    assert recovery.apart(recovery.recovered()) < 0.9 * before
    assert recovery.apart(tiny_pipeline().unet) == 0


def test_a_recovery_goes_on_where_it_was_stopped_and_a_spent_budget_trains_no_further(
    taught: Lessons, tmp_path: Path
) -> None:
    path = tmp_path / "recover.pt"
    recovery_of(taught).run(path, 0.005, seed=1, resume=False)
    first = load_checkpoint(path)
    again = recovery_of(taught)
    again.run(path, first["spent_s"] / 60, seed=1, resume=True)
    assert again.step == first["step"] >= 1
    for name, value in again.student.state_dict().items():
        assert torch.equal(value, first["student"][name])
    again.run(path, first["spent_s"] / 60 + 0.005, seed=1, resume=True)
    assert load_checkpoint(path)["step"] == again.step > first["step"]
    fresh = recovery_of(taught)
    fresh.run(path, 1e-9, seed=1, resume=False)
    assert fresh.step == 1


@pytest.fixture(scope="module")
def recovered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command makes of a tiny pipeline."""
    folder = save_tiny(tmp_path_factory.mktemp("whole"), None)
    (folder / "attune.toml").write_text("steps = 2\n")
    out = tmp_path_factory.mktemp("made") / "narrow"
    command = ["--folder", str(folder), "--out", str(out), "--share", "0.5", "--minutes", "0.005", "--scenes", "16"]
    assert recover.main([*command, "--pictures", "1", "--profile", "custom"]) == 0
    return out


def test_what_the_command_writes_loads_paints_and_exports_as_any_model(recovered: Path, tmp_path: Path) -> None:
    pipeline, name = load_pipeline(profile("custom"), recovered, "cpu")
    assert name.startswith("custom@")
    assert pipeline.unet.down_blocks[0].resnets[0].norm2.num_groups == 4
    pictures, _ = painted(pipeline, Asking(steps=2, guidance=3.0, size=SIDE, pictures=1))
    assert np.isfinite(pictures).all()
    assert pictures.std() > 0
    [unet] = [network for network in networks(pipeline) if network.name == "unet"]
    with torch.inference_mode():
        answer = OnnxPart(write(unet, tmp_path))(*unet.inputs.values())
        assert torch.allclose(answer, unet.module(*unet.inputs.values()), atol=1e-4)


def test_how_narrow_it_is_belongs_to_what_is_checked(recovered: Path) -> None:
    file = recovered / "unet" / "pruned.json"
    stored = file.read_text()
    file.write_text(json.dumps(json.loads(stored) | {"feed_forwards": {}}))
    with pytest.raises(WeightsAltered, match=r"pruned\.json"):
        load_pipeline(profile("custom"), recovered, "cpu")
    file.write_text(stored)


def test_a_share_of_nothing_or_all_or_no_pipeline_is_wrong_use(tmp_path: Path, capsys: Out) -> None:
    for share in ("0", "1"):
        assert recover.main(["--folder", str(tmp_path), "--out", str(tmp_path / "out"), "--share", share]) == 2
    assert recover.main(["--folder", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "no pipeline" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
