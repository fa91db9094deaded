"""Whole pipelines of diffusers' own classes, seeded, each built and run in a fraction of a second."""

from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    EulerDiscreteScheduler,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)  # fmt: skip
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

SHIPPED = Path("ml/weights/painter")
SIDE, TOKENS, HIDDEN = 32, 32, 16


def tiny_unet() -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=8, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(16, 32),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=HIDDEN, attention_head_dim=2, norm_num_groups=8,
    )  # fmt: skip


def tiny_vae() -> AutoencoderKL:
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3,
        block_out_channels=(8, 8, 16), latent_channels=4, norm_num_groups=4, sample_size=SIDE,
    )  # fmt: skip


def tiny_text() -> tuple[CLIPTextModel, CLIPTokenizer]:
    tokenizer = CLIPTokenizer.from_pretrained(SHIPPED / "tokenizer")
    config = CLIPTextConfig(
        vocab_size=len(tokenizer), hidden_size=HIDDEN, intermediate_size=32, num_hidden_layers=1,
        num_attention_heads=2, max_position_embeddings=TOKENS, bos_token_id=0, eos_token_id=1, pad_token_id=1,
    )  # fmt: skip
    return CLIPTextModel(config), tokenizer


def tiny_pipeline(seed: int = 1) -> StableDiffusionPipeline:
    """Paints 32 × 32 pixels from noise it never learned to remove; v-prediction, as Stable Diffusion 2.1."""
    torch.manual_seed(seed)
    text, tokenizer = tiny_text()
    scheduler = EulerDiscreteScheduler(prediction_type="v_prediction", beta_schedule="scaled_linear", steps_offset=1)
    return StableDiffusionPipeline(
        vae=tiny_vae().eval(), text_encoder=text.eval(), tokenizer=tokenizer, unet=tiny_unet().eval(),
        scheduler=scheduler, safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip


def save_tiny(folder: Path, variant: str | None = None) -> Path:
    """The folder, with a pipeline in it; in half precision when it is the variant "fp16"."""
    pipeline = tiny_pipeline()
    if variant == "fp16":
        for part in (pipeline.vae, pipeline.text_encoder, pipeline.unet):
            part.half()
    pipeline.save_pretrained(folder, safe_serialization=True, variant=variant)
    return folder
