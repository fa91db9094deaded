"""The tiny CLIP on disk: a folder that transformers loads, in half precision, sealed by a manifest."""

from pathlib import Path

import torch
from transformers import CLIPModel, CLIPTokenizer

from ml.weights import shelf


def save_clip(model: CLIPModel, tokenizer: CLIPTokenizer, folder: Path, *, steps: int, minutes: float) -> None:
    """Write model, tokenizer and the manifest, which also says how long it was trained."""
    folder.mkdir(parents=True, exist_ok=True)
    half = CLIPModel(model.config)
    half.load_state_dict(model.state_dict())
    half.half().save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    shelf.seal(folder, trained={"minutes": minutes, "steps": steps})


def load_clip(folder: Path | None = None) -> tuple[CLIPModel, CLIPTokenizer, str]:
    """The model in single precision, its tokenizer and the name of its weights; from `folder`, else what ships.

    Raises:
        WeightsMissing, WeightsAltered
    """
    weights = shelf.take("clip", folder=folder)
    model = CLIPModel.from_pretrained(weights.folder, local_files_only=True, dtype=torch.float32).eval()
    return model, CLIPTokenizer.from_pretrained(weights.folder, local_files_only=True), weights.label
