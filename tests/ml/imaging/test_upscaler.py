"""The learned upscaler: trained by the real command on few pairs, shipped with its painter, used by it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionImg2ImgPipeline
from torch.nn import functional

from ml.imaging.enlarge import enlarge
from ml.imaging.loading import PainterUnfit
from ml.imaging.painter import Order, Painter
from ml.imaging.training.budget import load_checkpoint
from ml.imaging.training.dataset import training_spec
from ml.imaging.training.train_decoder import to_tensor
from ml.imaging.upscaler import pairs, train
from ml.imaging.upscaler.enlarging import enlarge_by
from ml.imaging.upscaler.network import FACTOR, Upscaler
from ml.imaging.upscaler.stored import FOLDER, load_upscaler, save_upscaler
from ml.safety.verdict import SafePrompt
from ml.scenes.render import render
from ml.weights.shelf import WeightsAltered

SIDE = 32


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pairs of 32 and 128 pixels a side: rendering large ones takes most of a minute."""
    for module in (pairs, train):
        monkeypatch.setattr(module, "SMALL", SIDE)
    monkeypatch.setattr(train, "_CROP", 16)


def command(painter: Path, out: Path, minutes: float, *more: str) -> int:
    flags = ["--painter", str(painter), "--out", str(out), "--count", "40", "--minutes", str(minutes), *more]
    return train.main([*flags, "--seed", "5"])


@pytest.fixture
def pipeline(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained / "pipeline", tmp_path / "pipeline"))


def test_untrained_it_is_bicubic_at_any_size() -> None:
    small = torch.rand(2, 3, 12, 20, generator=torch.Generator().manual_seed(1)) * 2 - 1
    expected = functional.interpolate(small, scale_factor=FACTOR, mode="bicubic", align_corners=False)
    torch.testing.assert_close(Upscaler()(small), expected)


def test_it_learns_edges_that_arithmetic_does_not_bring_back(tmp_path: Path) -> None:
    large = pairs.render_large(tmp_path, 40, seed=5)
    run = train.train_upscaler(pairs.Pairs(large, pairs.shrunk(large)), tmp_path, 0.1, 5)
    upscaler = Upscaler()
    before = error_of(upscaler)
    upscaler.load_state_dict(run.average.weights)
    assert error_of(upscaler) < 0.995 * before


def error_of(upscaler: Upscaler) -> float:
    """Mean absolute error in grey levels, on scenes of another seed that were made small by arithmetic."""
    large = np.stack([render(training_spec(99, row), SIDE * FACTOR, SIDE * FACTOR) for row in range(12)])
    made = np.stack([enlarge_by(upscaler, one.astype(np.float32), SIDE * FACTOR) for one in pairs.shrunk(large)])
    return float(np.abs(made.astype(float) - large).mean())


def test_a_resumed_run_goes_on_with_pairs_and_critic(pipeline: Path, tmp_path: Path) -> None:
    assert command(pipeline, tmp_path / "run", 0.02, "--critic", "0.02") == 0
    first = load_checkpoint(tmp_path / "run" / "upscaler.pt")
    painted = (tmp_path / "run" / "pairs" / "small.npy").stat().st_mtime_ns
    assert command(pipeline, tmp_path / "run", 0.04, "--critic", "0.02", "--resume", "--install") == 0
    second = load_checkpoint(tmp_path / "run" / "upscaler.pt")
    assert second["step"] > first["step"]
    assert second["critic"].keys() == first["critic"].keys()
    assert (tmp_path / "run" / "pairs" / "small.npy").stat().st_mtime_ns == painted
    trained = json.loads((pipeline / "manifest.json").read_text())["trained"]
    assert trained["upscaler"]["steps"] == second["step"]
    assert {"unet", "vae"} < trained.keys()


def test_a_stopped_rendering_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = np.array(pairs.render_large(tmp_path / "whole", 4, seed=5))
    pairs.render_large(tmp_path / "parts", 4, seed=5)
    (tmp_path / "parts" / "large.count").write_text("2")
    calls: list[int] = []
    monkeypatch.setattr(pairs, "render", lambda *of: calls.append(1) or render(*of))
    assert np.array_equal(pairs.render_large(tmp_path / "parts", 4, seed=5), whole)
    assert len(calls) == 2


def test_repainting_keeps_the_place_and_changes_more_the_further_it_goes_back(painter: Painter) -> None:
    scenes = np.stack([render(training_spec(5, row), 128, 128) for row in range(3)])
    with (
        torch.no_grad()
    ):  # this painter was trained for seconds: even what it only takes apart and puts together differs
        codes = painter.pipeline.vae.encode(to_tensor(scenes)).latent_dist.mean
        kept = painter.pipeline.image_processor.postprocess(painter.pipeline.vae.decode(codes).sample, "np") * 255
    again = StableDiffusionImg2ImgPipeline(**painter.pipeline.components, requires_safety_checker=False)
    again.set_progress_bar_config(disable=True)
    little, much = (pairs.repaint(again, scenes, ["a lake"] * 3, strength, 1, 6, 2.0) for strength in (0.2, 1.0))
    change = [np.abs(made.astype(float) - kept).mean() for made in (little, much)]
    assert change[0] < 0.7 * change[1]


def test_a_painter_uses_the_upscaler_that_its_folder_brings(pipeline: Path, safe: Callable[..., SafePrompt]) -> None:
    plain = Painter.load(folder=pipeline, unseen=()).draw(safe("a lake at dawn"), seed=4)
    upscaler = Upscaler()
    torch.nn.init.normal_(upscaler.leave.weight, std=0.1, generator=torch.Generator().manual_seed(1))
    install(upscaler, pipeline)
    painter = Painter.load(folder=pipeline, unseen=())
    orders = [Order(safe("a lake at dawn"), 4), Order(safe("a forest in the rain"), 5)]
    alone, together = painter.draw_many(orders[:1])[0], painter.draw_many(orders)[0]
    assert alone.pixels.shape == plain.pixels.shape == (512, 512, 3)
    assert alone.model != plain.model
    assert np.abs(alone.pixels.astype(int) - plain.pixels).mean() > 0.5
    assert np.abs(alone.pixels.astype(int) - together.pixels).max() <= 1


def install(upscaler: Upscaler, painter: Path) -> None:
    from ml.weights import shelf

    save_upscaler(upscaler.state_dict(), painter)
    shelf.seal(painter)


def test_a_changed_upscaler_is_refused(pipeline: Path) -> None:
    install(Upscaler(), pipeline)
    save_upscaler(Upscaler(width=8).state_dict(), pipeline)
    with pytest.raises(WeightsAltered):
        Painter.load(folder=pipeline, unseen=())


def test_an_upscaler_that_nobody_sealed_with_its_painter_is_refused(pipeline: Path) -> None:
    save_upscaler(Upscaler().state_dict(), pipeline)
    with pytest.raises(WeightsAltered, match=FOLDER):
        Painter.load(folder=pipeline, unseen=())


def test_what_is_no_upscaler_is_said_to_be_none(tmp_path: Path) -> None:
    assert load_upscaler(tmp_path) is None
    save_upscaler({"enter.weight": torch.zeros(8, 3, 3, 3)}, tmp_path)
    with pytest.raises(PainterUnfit, match=FOLDER):
        load_upscaler(tmp_path)


def test_without_a_painter_the_command_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(tmp_path / "none", tmp_path / "run", 0.01) == 2
    assert "no pipeline" in capsys.readouterr().err


@pytest.mark.parametrize("side", [SIDE * FACTOR, 100, 200])
def test_the_side_is_the_wanted_one_and_levels_stay_levels(side: int) -> None:
    upscaler = Upscaler()
    torch.nn.init.normal_(upscaler.leave.weight, generator=torch.Generator().manual_seed(1))
    flat = np.full((SIDE, SIDE // 2, 3), 250.0, np.float32)
    assert enlarge_by(upscaler, flat, side).shape == (side, side // 2, 3)
    picture = enlarge(flat, side, 1, upscaler=upscaler)
    assert picture.shape == (side, side // 2, 3)
    assert picture.dtype == np.uint8
    assert np.array_equal(enlarge(picture, side, 1, upscaler=upscaler), picture)
