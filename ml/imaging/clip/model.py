"""The network: transformers' own CLIPModel, small, over the painter's vocabulary."""

from pathlib import Path
from typing import Final

import torch
from torch import Tensor
from transformers import CLIPConfig, CLIPModel, CLIPTextConfig, CLIPTextModel, CLIPTokenizer, CLIPVisionConfig

from ml.imaging.probe.network import SIDE

PAINTER: Final = Path(__file__).parents[2] / "weights" / "painter"
"""Whose vocabulary and text encoder a training begins with."""
_PATCH: Final = 16


def new_clip(
    tokenizer: CLIPTokenizer, text: CLIPTextConfig, *, width: int = 160, layers: int = 4, shared: int = 128
) -> CLIPModel:
    """An untrained CLIP whose text half has the given shape; `shared` numbers are compared."""
    vision = CLIPVisionConfig(
        hidden_size=width, intermediate_size=3 * width, num_hidden_layers=layers, num_attention_heads=4,
        image_size=SIDE, patch_size=_PATCH, projection_dim=shared,
    )  # fmt: skip
    words = text.to_dict() | {"projection_dim": shared, "eos_token_id": tokenizer.eos_token_id}
    return CLIPModel(CLIPConfig(text_config=words, vision_config=vision.to_dict(), projection_dim=shared))


def from_painter(folder: Path, *, width: int = 160, layers: int = 4) -> tuple[CLIPModel, CLIPTokenizer]:
    """A new CLIP that knows the painter's words already: its text half begins as the painter's text encoder."""
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    text = CLIPTextModel.from_pretrained(folder / "text_encoder", dtype=torch.float32)
    model = new_clip(tokenizer, text.config, width=width, layers=layers)
    states = {name.removeprefix("text_model."): value for name, value in text.state_dict().items()}
    model.text_model.load_state_dict(states)
    return model, tokenizer


def picture_vectors(model: CLIPModel, pictures: Tensor) -> Tensor:
    """(B, 3, SIDE, SIDE) in [-1, 1] to (B, shared) vectors of length 1."""
    vectors: Tensor = model.visual_projection(model.vision_model(pixel_values=pictures).pooler_output)
    return torch.nn.functional.normalize(vectors.float(), dim=1)


def text_vectors(model: CLIPModel, tokens: Tensor) -> Tensor:
    """(B, TOKENS) ids to (B, shared) vectors of length 1."""
    vectors: Tensor = model.text_projection(model.text_model(input_ids=tokens).pooler_output)
    return torch.nn.functional.normalize(vectors.float(), dim=1)
