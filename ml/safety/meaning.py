"""The meaning layer: each clause of a text held against guideline texts by MiniLM's sentence vectors."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from ml.safety.embedding import Vectors, packaged

_FILE: Final = Path(__file__).parent / "guidelines.toml"
_SENTENCES: Final = re.compile(r"[.;!?\n]+")
CLAUSE_WORDS: Final = 5
WINDOW_WORDS: Final = 40
"""A longer clause is read in windows, so that nothing lies beyond what the encoder reads."""

REFUSED_FROM: Final = 0.42
MARGIN: Final = 0.06
"""A clause at least so near to a forbidden text, and nearer by the margin than to any permitted one, is refused.

Set on the `tune` half of tests/ml/safety/lines.toml, recall first; the held half is what the tests hold them to.
"""


@dataclass(frozen=True, slots=True)
class Nearness:
    """For one text: the highest cosine to each label's guideline texts, and by how much it beats the permitted ones."""

    scores: dict[str, float]
    margins: dict[str, float]

    def refused(self) -> tuple[str, ...]:
        """The labels that refuse the text, nearest first."""
        found = [
            label for label, score in self.scores.items() if score >= REFUSED_FROM and self.margins[label] >= MARGIN
        ]
        return tuple(sorted(found, key=lambda label: -self.scores[label]))


@dataclass(frozen=True, slots=True)
class Guidelines:
    """The guideline texts as unit vectors: one row a text, with the label of each forbidden row."""

    labels: tuple[str, ...]
    forbidden: Vectors
    permitted: Vectors


def nearness(text: str) -> Nearness:
    """How near the text comes to each label, by its nearest clause; the whole text is read as a clause, too."""
    guidelines, vectors = _guidelines(), packaged().encode(clauses(text))
    permitted = (vectors @ guidelines.permitted.T).max(axis=1)
    similarity = vectors @ guidelines.forbidden.T
    scores, margins = {}, {}
    for label in dict.fromkeys(guidelines.labels):
        columns = [index for index, of in enumerate(guidelines.labels) if of == label]
        nearest = similarity[:, columns].max(axis=1)
        worst = int(np.argmax(np.where(nearest >= permitted + MARGIN, nearest, nearest - 1)))
        scores[label] = float(nearest[worst])
        margins[label] = float(nearest[worst] - permitted[worst])
    return Nearness(scores, margins)


def clauses(text: str) -> list[str]:
    """The text's sentences and the clauses within, in windows of at most `WINDOW_WORDS` words.

    A clause of a few words alone says little and misleads the encoder: it goes together with the next.
    """
    sentences = [sentence for sentence in _SENTENCES.split(text) if sentence.strip()]
    found = [clause for sentence in sentences for clause in (sentence, *_long_enough(sentence.split(",")))]
    return list(dict.fromkeys(window for clause in found for window in _windows(clause.split()))) or [""]


def _long_enough(parts: list[str]) -> list[str]:
    """The parts, each joined with those after it until it has `CLAUSE_WORDS` words; a short rest joins the last."""
    joined = [""]
    for part in parts:
        if len(joined[-1].split()) >= CLAUSE_WORDS:
            joined.append("")
        joined[-1] = f"{joined[-1]},{part}" if joined[-1] else part
    if len(joined) > 1 and len(joined[-1].split()) < CLAUSE_WORDS:
        rest = joined.pop()
        joined[-1] += f",{rest}"
    return joined


def _windows(words: list[str]) -> list[str]:
    return [" ".join(words[start : start + WINDOW_WORDS]) for start in range(0, max(len(words), 1), WINDOW_WORDS)]


@cache
def _guidelines() -> Guidelines:
    """Read and encode the guideline texts, once a process (under a second)."""
    file: dict[str, dict[str, list[str]]] = tomllib.loads(_FILE.read_text("utf-8"))
    labelled = [(label, text) for label, texts in file["forbidden"].items() for text in texts]
    permitted = [text for texts in file["permitted"].values() for text in texts]
    encoder = packaged()
    return Guidelines(
        labels=tuple(label for label, _ in labelled),
        forbidden=encoder.encode([text for _, text in labelled]),
        permitted=encoder.encode(permitted),
    )
