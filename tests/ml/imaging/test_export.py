"""What is exported is a folder that diffusers itself loads, sealed byte for byte."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL, DPMSolverMultistepScheduler, StableDiffusionPipeline, UNet2DConditionModel
from safetensors.torch import load_file
from transformers import CLIPTextModel, CLIPTokenizer

from ml.imaging.training.budget import load_checkpoint
from ml.imaging.training.dataset import Scenes
from ml.imaging.training.export import assemble
from ml.imaging.training.linear_code import LinearCode
from ml.weights import shelf

PARTS = {
    "vae": AutoencoderKL, "text_encoder": CLIPTextModel, "tokenizer": CLIPTokenizer, "unet": UNet2DConditionModel,
    "scheduler": DPMSolverMultistepScheduler,
}  # fmt: skip


def test_diffusers_loads_the_folder_with_its_own_classes(trained: Path) -> None:
    pipeline = StableDiffusionPipeline.from_pretrained(
        trained / "pipeline", local_files_only=True, safety_checker=None, requires_safety_checker=False
    )
    for name, kind in PARTS.items():
        assert isinstance(getattr(pipeline, name), kind), name
    assert pipeline.scheduler.config.prediction_type == "flow_prediction"
    pipeline.scheduler.set_timesteps(12)
    assert (pipeline.scheduler.sigmas > 0.7).sum() >= 6  # half of the steps where composition is decided
    assert pipeline.safety_checker is None


def test_the_weights_are_half_precision_and_finite(trained: Path) -> None:
    files = list((trained / "pipeline").rglob("*.safetensors"))
    assert len(files) == 3
    for file in files:
        for name, value in load_file(file).items():
            assert value.dtype == torch.float16 or not value.dtype.is_floating_point, name
            assert value.isfinite().all(), name


def test_the_averages_are_what_is_exported(trained: Path) -> None:
    pipeline, state = assemble(trained), load_checkpoint(trained / "unet.pt")
    for prefix, part in (("text.", pipeline.text_encoder), ("unet.", pipeline.unet)):
        for name, value in part.state_dict().items():
            assert torch.equal(value, state["average"][prefix + name]), name
    for name, value in load_checkpoint(trained / "vae.pt")["average"].items():
        assert torch.equal(pipeline.vae.decoder.state_dict()[name], value), name


@torch.inference_mode()
def test_the_assembled_encoder_is_the_linear_code(trained: Path, scenes: Scenes) -> None:
    pixels = np.array(scenes.pixels[:2])
    picture = torch.from_numpy(pixels.astype(np.float32) / 127.5 - 1.0).permute(0, 3, 1, 2)
    codes = LinearCode.load(trained / "code.npz").encode(pixels)
    answer = assemble(trained).vae.encode(picture).latent_dist.mean.numpy()
    assert np.abs(answer - codes).max() < 0.02 * codes.std()


def test_the_manifest_names_every_file_and_says_how_long_it_was_trained(trained: Path) -> None:
    home = trained / "pipeline"
    manifest = json.loads((home / "manifest.json").read_text())
    files = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    assert set(manifest["files"]) == files - {"manifest.json"}
    for stage in ("vae", "unet"):
        assert manifest["trained"][stage]["steps"] == load_checkpoint(trained / f"{stage}.pt")["step"]
    assert shelf.take("painter", folder=home).label.startswith("painter@")


@pytest.mark.parametrize("pattern", ["*", "*/*"])
def test_everybody_may_read_what_was_exported(trained: Path, pattern: str) -> None:
    for path in (trained / "pipeline").glob(pattern):
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path
