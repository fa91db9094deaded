"""A tiny pipeline of the real classes, untrained, and a data set that the real builder made of rendered scenes."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from PIL import Image
from tokenizers import pre_tokenizers
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from ml.imaging import train
from ml.imaging.finetune import build
from ml.scenes.render import render
from ml.scenes.spec import KINDS, SceneSpec

TUNED = ("--steps", "4", "--lr", "0.02", "--batch", "2", "--rank", "2", "--targets", "all", "--save-every", "2")


def tiny_unet(sample_size: int = 8) -> UNet2DConditionModel:
    """Attention, convolutions and a shortcut, some 20,000 numbers."""
    return UNet2DConditionModel(
        sample_size=sample_size, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(8, 16),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=16, attention_head_dim=4, norm_num_groups=4,
    )  # fmt: skip


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that `StableDiffusionPipeline.from_pretrained` loads: v-prediction as Stable Diffusion 2.1 has it."""
    torch.manual_seed(0)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = ["<|startoftext|>", "<|endoftext|>", *alphabet, *(f"{letter}</w>" for letter in alphabet)]
    tokenizer = CLIPTokenizer(vocab={word: number for number, word in enumerate(words)}, merges=[])
    tokenizer.model_max_length = 16
    text = CLIPTextModel(CLIPTextConfig(
        vocab_size=len(words), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=16, projection_dim=16, bos_token_id=0, eos_token_id=1, pad_token_id=1,
    ))  # fmt: skip
    vae = AutoencoderKL(
        block_out_channels=(8, 8), down_block_types=("DownEncoderBlock2D",) * 2, latent_channels=4, norm_num_groups=4,
        up_block_types=("UpDecoderBlock2D",) * 2, layers_per_block=1, sample_size=16,
    )  # fmt: skip
    scheduler = DDIMScheduler(prediction_type="v_prediction", steps_offset=1, clip_sample=False)
    pipeline = StableDiffusionPipeline(
        vae=vae, text_encoder=text, tokenizer=tokenizer, unet=tiny_unet(), scheduler=scheduler,
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("tiny") / "base"
    pipeline.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def offered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight pictures of eight places in four groups, and the list of their papers."""
    folder = tmp_path_factory.mktemp("offered")
    with (folder / "list.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("file", "licence", "caption", "group"))
        for number, kind in enumerate(KINDS[:8]):
            Image.fromarray(render(SceneSpec(kind, "dusk", seed=number), 64, 64)).save(folder / f"{kind}.png")
            rows.writerow((f"{kind}.png", "CC0-1.0", f"a quiet {kind} at dusk", f"series {number // 2}"))
    return folder


@pytest.fixture(scope="session")
def data(offered: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "data"
    papers = ["--images", str(offered), "--list", str(offered / "list.csv"), "--reviewed-by", "a test"]
    assert build.main([*papers, "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def tune(tiny: Path, data: Path) -> Callable[..., int]:
    """The command, on the tiny base and data set unless told otherwise; a few steps."""

    def run(out: Path, *more: str, stage: str = "lora") -> int:
        into = ["--stage", stage, "--data", str(data), "--base", str(tiny), "--out", str(out)]
        return train.main([*into, *TUNED, *more])

    return run


@pytest.fixture(scope="session")
def tuned(tune: Callable[..., int], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of stage `lora`."""
    out = tmp_path_factory.mktemp("tuned")
    assert tune(out, "--measure-memory", "--gradient-checkpointing") == 0
    return out
