"""A CLIP of any folder, as transformers keeps one: texts and views of a picture as unit vectors. Never the network."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

CORNER: Final = 0.6
"""Side of a corner view, as a share of the picture's: what is small in the whole is larger there."""
_WEIGHED: Final = (".safetensors", ".bin", ".json", ".txt")


class ClipMissing(Exception):
    """The folder holds no CLIP that can be loaded. Retrying won't help."""


class Clip:
    """Tokenizer, image processor and both encoders on one device; not safe for threads."""

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        """Raises ClipMissing."""
        from transformers import AutoTokenizer, CLIPImageProcessorPil, CLIPModel
        from transformers.utils import logging

        logging.disable_progress_bar()
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            self._processor = CLIPImageProcessorPil.from_pretrained(folder, local_files_only=True)
            self._model = CLIPModel.from_pretrained(folder, local_files_only=True).eval().to(device)
        except Exception as error:  # a folder may be broken in many ways; each is a CLIP that is not there
            raise ClipMissing(f"{folder}: no CLIP that can be loaded ({type(error).__name__})") from error
        self._device = device
        self.name = f"{folder.name}@{_digest(folder)[:8]}"

    @property
    def scale(self) -> float:
        """What a difference of cosines is multiplied with before it becomes a chance; about 100 in OpenAI's models."""
        return float(self._model.logit_scale.detach().exp())

    def texts(self, texts: Sequence[str]) -> Vectors:
        """(N, D), each row of length 1; what lies beyond the encoder's length is not read."""
        import torch

        longest = self._model.config.text_config.max_position_embeddings
        with torch.inference_mode():
            tokens = self._tokenizer(
                list(texts), padding=True, truncation=True, max_length=longest, return_tensors="pt"
            ).to(self._device)
            found = self._model.get_text_features(
                input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"]
            )
            return _unit(_pooled(found))

    def views(self, pixels: Pixels) -> Vectors:
        """(5, D): the whole picture and its four corners, each row of length 1."""
        return self.pictures(views_of(pixels))

    def pictures(self, pictures: Sequence[Pixels]) -> Vectors:
        """(N, D) for N pictures, (H, W, 3) uint8 each."""
        import torch
        from PIL import Image

        with torch.inference_mode():
            ready = self._processor([Image.fromarray(picture) for picture in pictures])["pixel_values"]
            values = torch.from_numpy(np.stack([np.asarray(one, np.float32) for one in ready])).to(self._device)
            return _unit(_pooled(self._model.get_image_features(pixel_values=values)))


def views_of(pixels: Pixels) -> list[Pixels]:
    """The whole picture, then its four corners."""
    height, width = pixels.shape[:2]
    high, wide = round(height * CORNER), round(width * CORNER)
    corners = [pixels[y : y + high, x : x + wide] for y in (0, height - high) for x in (0, width - wide)]
    return [pixels, *(np.ascontiguousarray(corner) for corner in corners)]


def _pooled(found: Any) -> Any:
    """transformers 5 gives an output whose `pooler_output` is projected; earlier ones gave the tensor."""
    return getattr(found, "pooler_output", found)


def _unit(tensor: Any) -> Vectors:
    rows = tensor.float().cpu().numpy()
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in _WEIGHED and path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
