"""Each stage can be stopped and gone on with; what is exported is the average, not the last step."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import CLIPTokenizer

from ml.imaging import train
from ml.imaging.training import train_decoder, train_unet
from ml.imaging.training.budget import load_checkpoint
from ml.imaging.training.dataset import Scenes, open_scenes
from ml.imaging.training.linear_code import LinearCode
from ml.imaging.training.text import HIDDEN, new_text_encoder
from ml.imaging.training.train_unet import Painter, new_unet
from ml.scenes.spec import SceneSpec
from ml.scenes.wording import read


def run(stage: str, folder: Path, minutes: float, *more: str) -> None:
    command = ["--stage", stage, "--folder", str(folder), "--budget-minutes", str(minutes), "--seed", "3", *more]
    assert train.main(command) == 0


@pytest.mark.parametrize("stage", ["vae", "unet"])
def test_a_resumed_stage_goes_on_and_a_spent_budget_trains_no_further(stage: str, workplace: Path) -> None:
    path = workplace / f"{stage}.pt"
    first = load_checkpoint(path)
    assert first["step"] >= 1
    run(stage, workplace, first["spent_s"] / 60, "--resume")
    assert load_checkpoint(path)["step"] == first["step"]
    run(stage, workplace, first["spent_s"] / 60 + 0.005, "--resume")
    second = load_checkpoint(path)
    assert second["step"] > first["step"]
    assert second["spent_s"] > first["spent_s"] + 0.29
    assert not list(workplace.glob("*.new"))


def test_without_resume_a_stage_starts_over(workplace: Path) -> None:
    first = load_checkpoint(workplace / "unet.pt")
    run("unet", workplace, 1e-9)
    again = load_checkpoint(workplace / "unet.pt")
    assert again["step"] == 1
    assert again["spent_s"] != first["spent_s"]


def test_a_restored_decoder_is_the_one_that_was_saved(workplace: Path) -> None:
    scenes, code = open_scenes(workplace / "scenes"), LinearCode.load(workplace / "code.npz")
    state = load_checkpoint(workplace / "vae.pt")
    training = train_decoder.Run.begin(scenes, code, workplace / "vae.pt", seed=3)
    assert training.restore(state, seed=3) == state["spent_s"]
    training.save(state["spent_s"])
    assert_same(load_checkpoint(workplace / "vae.pt"), state)


def test_a_restored_painter_is_the_one_that_was_saved(workplace: Path) -> None:
    state = load_checkpoint(workplace / "unet.pt")
    training = train_unet.Run.begin(open_scenes(workplace / "scenes"), workplace)
    assert training.restore(state) == state["spent_s"]
    training.save(state["spent_s"])
    assert_same(load_checkpoint(workplace / "unet.pt"), state)


def test_a_run_that_starts_from_another_takes_its_averages_and_nothing_else(workplace: Path, tmp_path: Path) -> None:
    other = load_checkpoint(workplace / "unet.pt")
    training = train_unet.Run.begin(open_scenes(workplace / "scenes"), workplace)
    training.begin_from(other)
    assert_same(dict(training.model.state_dict()), other["average"])
    assert_same(training.average.weights, other["average"])
    assert training.step == training.average.steps == 0
    (workplace / "unet.pt").rename(tmp_path / "other.pt")
    run("unet", workplace, 1e-9, "--start", str(tmp_path / "other.pt"))
    begun = load_checkpoint(workplace / "unet.pt")
    assert begun["step"] == 1
    name = "unet.conv_in.weight"
    assert torch.allclose(begun["average"][name], other["average"][name], atol=2e-3)  # one step away


def test_half_of_the_captions_say_all_as_sessions_do_and_a_tenth_nothing() -> None:
    spec = SceneSpec("lake", "dawn", "rain", "autumn", "warm", "ink")
    rng = np.random.default_rng(1)
    said = [train_unet.caption_of(spec, rng) for _ in range(600)]
    whole = read("a lake at dawn in soft rain, autumn, warm colours, ink drawing").text
    assert 0.45 < said.count(whole) / len(said) < 0.6
    assert 0.06 < said.count("") / len(said) < 0.15
    assert len(set(said)) > 100


def assert_same(one: object, other: object) -> None:
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        assert torch.equal(one, other)
    elif isinstance(one, dict) and isinstance(other, dict):
        assert one.keys() == other.keys()
        for key, value in one.items():
            assert_same(value, other[key])
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple):
        for value, same in zip(one, other, strict=True):
            assert_same(value, same)
    else:
        assert one == other


def test_judging_the_average_leaves_the_trained_weights_alone(workplace: Path) -> None:
    training = train_unet.Run.begin(open_scenes(workplace / "scenes"), workplace)
    training.restore(load_checkpoint(workplace / "unet.pt"))
    before = {name: value.clone() for name, value in training.model.state_dict().items()}
    first = train_unet.judge(training.model, training.average, training.codes)
    assert first == train_unet.judge(training.model, training.average, training.codes) > 0
    assert_same(dict(training.model.state_dict()), before)


def test_the_code_is_fitted_once_and_not_to_the_validation_rows(workplace: Path) -> None:
    scenes = open_scenes(workplace / "scenes")
    stored = (workplace / "code.npz").read_bytes()
    train_decoder.fit_code(scenes, workplace / "code.npz")
    assert (workplace / "code.npz").read_bytes() == stored
    pixels = np.array(scenes.pixels)
    pixels[: train_decoder.VALIDATION] = 0
    fresh = train_decoder.fit_code(dataclasses.replace(scenes, pixels=pixels), workplace / "other.npz")
    assert np.array_equal(fresh.basis, LinearCode.load(workplace / "code.npz").basis)


def test_flow_matching_learns(trained: Path, scenes: Scenes) -> None:
    torch.manual_seed(5)
    tokenizer = CLIPTokenizer.from_pretrained(trained / "tokenizer")
    code = LinearCode.load(trained / "code.npz")
    codes = torch.from_numpy(code.encode(np.array(scenes.pixels[64:72])))
    unet = new_unet(len(code.scale), widths=(16, 32, 32), hidden=HIDDEN, size=16)
    painter = Painter(new_text_encoder(tokenizer, layers=1), unet, tokenizer, code.scale)
    optimizer = torch.optim.Adam(painter.parameters(), lr=3e-3)
    noise, times, losses = torch.randn_like(codes), torch.linspace(0.1, 0.9, 8), []
    for _ in range(16):
        loss = painter.loss(codes, ["a lake"] * 8, noise, times)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert np.mean(losses[-3:]) < 0.75 * np.mean(losses[:3])


def test_an_unknown_stage_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        train.main(["--stage", "frobnicate", "--folder", str(tmp_path / "new")])
    assert stopped.value.code == 2
    assert "frobnicate" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_stage_before_its_turn_fails_and_leaves_no_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run("vae", tmp_path, 0.001)
    assert not list(tmp_path.rglob("*.pt"))
