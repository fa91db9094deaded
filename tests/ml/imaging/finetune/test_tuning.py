"""Stages `lora` and `full`: what they train, what they leave alone, and that a stopped run ends where it would have."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from ml.imaging import train
from ml.imaging.finetune import run
from ml.imaging.finetune.base import find_base
from ml.imaging.finetune.lora import add_lora
from ml.imaging.finetune.memory import peak_of
from ml.imaging.finetune.trainer import Trainer
from ml.imaging.profiles import profile
from ml.imaging.training.budget import load_checkpoint
from ml.weights import shelf

Tune = Callable[..., int]


def weights(out: Path) -> dict[str, torch.Tensor]:
    place = "adapter/pytorch_lora_weights" if (out / "adapter").exists() else "pipeline/unet/diffusion_pytorch_model"
    return load_file(out / f"{place}.safetensors")


def facts(out: Path) -> dict[str, Any]:
    place = next(out.glob("*/manifest.json"))
    loaded: dict[str, Any] = json.loads(place.read_text())
    return loaded


class Stopped(Exception):
    """As a kill would."""


@pytest.mark.parametrize(("stage", "more"), [("lora", ("--ema", "0.9", "--mirror")), ("full", ())])
def test_a_run_that_was_stopped_ends_as_if_it_had_not_been(
    stage: str, more: tuple[str, ...], tune: Tune, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tune(tmp_path / "whole", *more, stage=stage) == 0
    advance = Trainer.advance

    def stop(trainer: Trainer) -> float:
        if trainer.step == 3:
            raise Stopped
        return advance(trainer)

    monkeypatch.setattr(Trainer, "advance", stop)
    with pytest.raises(Stopped):
        tune(tmp_path / "cut", *more, stage=stage)
    monkeypatch.undo()
    assert load_checkpoint(tmp_path / "cut" / "checkpoint.pt")["trainer"]["step"] == 2
    assert tune(tmp_path / "cut", "--resume", *more, stage=stage) == 0
    whole, cut = weights(tmp_path / "whole"), weights(tmp_path / "cut")
    assert whole.keys() == cut.keys()
    assert all(torch.equal(value, cut[name]) for name, value in whole.items())
    assert facts(tmp_path / "whole")["held_out_loss"] == facts(tmp_path / "cut")["held_out_loss"]


def test_a_run_is_gone_on_with_by_its_own_settings_alone(
    tuned: Path, tune: Tune, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (tuned / "checkpoint.pt").read_bytes()
    assert tune(tuned, "--gradient-checkpointing") == 2
    assert "--resume" in capsys.readouterr().err
    assert tune(tuned, "--gradient-checkpointing", "--resume", "--seed", "5") == 2
    assert "other seed" in capsys.readouterr().err
    assert (tuned / "checkpoint.pt").read_bytes() == before


def test_lora_leaves_the_base_as_it_was_and_begins_as_nothing(tiny: Path) -> None:
    pipeline = find_base(str(tiny)).load()
    own = {name: value.clone() for name, value in pipeline.unet.state_dict().items()}
    asked = (torch.randn(1, 4, 8, 8), 500, torch.randn(1, 3, 16))
    before = pipeline.unet(*asked).sample
    add_lora(pipeline.unet, 2, "all", 0)
    assert torch.allclose(pipeline.unet(*asked).sample, before, atol=1e-6)
    pipeline.unet(*asked).sample.sum().backward()
    trained = {name for name, value in pipeline.unet.named_parameters() if value.grad is not None}
    assert trained
    assert all(".lora_" in name for name in trained)
    kept = {name.replace(".base_layer", ""): value for name, value in pipeline.unet.state_dict().items()}
    assert all(torch.equal(kept[name], value) for name, value in own.items())


def test_the_loss_on_what_was_held_out_falls(tune: Tune, tmp_path: Path) -> None:
    assert tune(tmp_path, "--steps", "80", "--save-every", "80", "--batch", "6") == 0
    loss = facts(tmp_path)["held_out_loss"]
    assert loss["after"] < 0.95 * loss["before"]


def test_full_training_ships_a_pipeline_of_its_own(tiny: Path, tune: Tune, tmp_path: Path) -> None:
    assert tune(tmp_path, stage="full") == 0
    folder = tmp_path / "pipeline"
    assert shelf.take("painter", folder=folder)
    own, base = find_base(str(folder)), find_base(str(tiny))
    assert facts(tmp_path)["base"] == base.label != own.label
    moved, still = own.load(), base.load()
    assert not torch.equal(moved.unet.conv_in.weight, still.unet.conv_in.weight)
    assert torch.allclose(moved.vae.post_quant_conv.weight, still.vae.post_quant_conv.weight, atol=1e-3)


def test_a_copy_of_what_ships_reads_captions_as_it_will_read_prompts(tiny: Path, tmp_path: Path) -> None:
    ours = profile("embedded").home
    assert ours is not None
    copy = shutil.copytree(ours, tmp_path / "copy")
    assert find_base("embedded").reads == find_base(str(copy)).reads == "scenes"
    assert find_base(str(tiny)).reads == "text"


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_half_precision_learns_nearly_the_same(precision: str, tuned: Path, tune: Tune, tmp_path: Path) -> None:
    assert tune(tmp_path, "--mixed-precision", precision) == 0
    whole, half = (facts(out)["held_out_loss"] for out in (tuned, tmp_path))
    assert half["before"] == pytest.approx(whole["before"], rel=0.02)
    assert half["after"] == pytest.approx(whole["after"], rel=0.05)
    assert all(value.isfinite().all() and value.dtype == torch.float32 for value in weights(tmp_path).values())


def test_checkpointing_gives_the_same_gradients_from_less_memory(tiny: Path, data: Path) -> None:
    command = ["--stage", "lora", "--data", str(data), "--out", "unused", "--batch", "1", "--lr", "0.01"]
    settings = run.settings_of(train._parser().parse_args(command))
    trainer = run.prepare(find_base(str(tiny)), run.open_pictures(data), settings, "cpu")
    large = torch.randn(1, len(trainer._lessons), 4, 96, 96)
    trainer._lessons = type(trainer._lessons)(large, trainer._lessons.words, trainer._lessons.silence)
    peaks, gradients = [], []
    for wanted in (True, False):
        trainer.checkpoint_gradients(wanted)
        peaks.append(peak_of(trainer.gradients, "cpu"))
        gradients.append([p.grad.clone() for p in trainer.unet.parameters() if p.grad is not None])
        trainer.forget_gradients()
    assert all(torch.allclose(one, other, atol=1e-5) for one, other in zip(*gradients, strict=True))
    assert peaks[0] is not None
    assert peaks[1] is not None
    assert peaks[1] - peaks[0] > 4 << 20


def test_the_manifest_says_of_what_and_how(tuned: Path, data: Path, tiny: Path) -> None:
    said = facts(tuned)
    assert said["data"] == run.open_pictures(data).label
    assert said["base"] == find_base(str(tiny)).label
    assert said["reviewed_by"] == "a test"
    assert said["settings"]["checkpointing"] is True
    assert said["peak_bytes"] > 0 < said["peak_bytes_of_a_step"]["without"]


@pytest.mark.parametrize(("more", "says"), [
    (("--base", "no/such-model"), "no/such-model"), (("--data", "/nowhere"), "no data set"),
    (("--steps", "0"), "steps"), (("--lr", "-1"), "lr"), (("--ema", "1"), "ema"),
])  # fmt: skip
def test_wrong_use_is_said_in_one_line_and_writes_nothing(
    more: tuple[str, ...], says: str, tune: Tune, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tune(tmp_path / "out", *more) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert says in error
    assert not (tmp_path / "out").exists()
