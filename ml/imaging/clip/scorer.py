"""How well a picture fits words, as the tiny CLIP compares them."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from transformers import CLIPModel, CLIPTokenizer

from ml.imaging.clip.model import picture_vectors, text_vectors
from ml.imaging.clip.stored import load_clip
from ml.imaging.probe.pictures import as_tensor, standard
from ml.imaging.training.text import tokens_of


class Clip:
    """A loaded model. `label` is name@sha256[:8] of its weights.

    It knows calm scenes and the captions' words, nothing else: it cannot judge what must not be shown.
    """

    def __init__(self, model: CLIPModel, tokenizer: CLIPTokenizer, label: str) -> None:
        """Use `load`; this is for models built in memory."""
        self.label, self._model, self._tokenizer = label, model.eval(), tokenizer

    @classmethod
    def load(cls, folder: Path | None = None) -> "Clip":
        """From `folder` when given, else the weights that ship. Raises WeightsMissing, WeightsAltered."""
        return cls(*load_clip(folder))

    @torch.inference_mode()
    def cosines(self, pixels: npt.NDArray[np.uint8], text: str) -> npt.NDArray[np.float32]:
        """(N, H, W, 3) RGB bytes of any one size against one text: (N,) cosines in [-1, 1]."""
        shown = picture_vectors(self._model, standard(as_tensor(pixels)))
        said = text_vectors(self._model, tokens_of(self._tokenizer, [text]))
        return np.asarray((shown @ said.T)[:, 0].numpy(), np.float32)

    @torch.inference_mode()
    def vectors(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """(N, H, W, 3) RGB bytes to (N, D) vectors of length 1; 1 - their products are CLIP distances."""
        return np.asarray(picture_vectors(self._model, standard(as_tensor(pixels))).numpy(), np.float32)
