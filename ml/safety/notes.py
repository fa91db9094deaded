"""Reads what a patient wrote, so that a person may be told to read it. Diagnoses nobody; no finding is no all-clear.

Two layers say that a label is named: a word list, which knows other languages and a denial from an assertion, and
meaning, a tuned encoder. Recall goes before precision: a person decides, not this.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from ml.safety import lexicon, meaning
from ml.safety.encoder import Unread
from ml.safety.normalise import folded, views

LABELS: Final = ("self_harm", "abuse", "hopelessness", "violence")
OTHER: Final = "other"
"""Something else that a person should read, such as drinking again or eating nothing."""
NAMED_FROM: Final = 0.2
"""A label at least so likely is named, of a text that meaning finds worth reading at all.

Out of fold, 83 % of the notes about self-harm were found and 76 % bore its name, as did two in five of the others that
were found. What bears it is sorted first; each of them is for a person to read (docs/models/language-safety.md).
"""
_FILE: Final = Path(__file__).parent / "notes.toml"
_SENTENCE: Final = re.compile(r"[.;!?\n]+")
_FIRST_SIGN: Final = 0x2E80
"""From here on Unicode holds the scripts of East Asia, which set no spaces."""


@dataclass(frozen=True, slots=True)
class Named:
    """One label that a text names. `score` is 1 for a word, else how likely; `denied` that it names it to deny it."""

    label: str
    score: float
    by: Literal["words", "meaning"]
    denied: bool


def read_note(text: str) -> tuple[Named, ...]:
    """Which of LABELS the text names, each once; the surest reading of each, in the order of LABELS."""
    if not any(sign.isalpha() for sign in text):
        return ()
    plain = _without_idioms(text)
    asserted, denied = _by_words(plain)
    near = _by_meaning(_without_denials(plain) if denied else plain)
    if near and not denied and _idioms().search(folded(text)):
        near = _by_meaning(text) and near  # what is left of a figure of speech is no sentence and may mislead, too
    found = [_one(label, label in asserted, label in denied, near.get(label)) for label in (*LABELS, OTHER)]
    return tuple(one for one in found if one is not None)


def reader() -> str:
    """What read it: the word lists by their hash, and the encoder's weights."""
    files = (_FILE, Path(lexicon.__file__).with_suffix(".toml"))
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()
    return f"notes-2@{digest[:8]} {meaning.label()}"


def _one(label: str, asserted: bool, denied: bool, near: float | None) -> Named | None:
    if asserted:
        return Named(label, 1.0, "words", denied=False)
    if near is not None:
        return Named(label, round(near, 4), "meaning", denied=False)
    return Named(label, 1.0, "words", denied=True) if denied else None


def _by_words(plain: str) -> tuple[frozenset[str], frozenset[str]]:
    """Labels asserted and labels only denied. Of the list of what is not painted, self-harm alone is taken over."""
    shared = lexicon.find(plain)
    own = {label for label, pattern in _patterns().items() if any(pattern.search(view) for view in views(plain))}
    asserted = own | ({"self_harm"} & shared.asserted)
    return frozenset(asserted), frozenset(({"self_harm"} & shared.negated) - asserted)


def _without_denials(plain: str) -> str:
    """What is left for meaning, which cannot tell a denial: the sentences that deny nothing of the list."""
    sentences = _SENTENCE.split(plain)
    return ". ".join(one for one in sentences if "self_harm" not in lexicon.find(one).negated)


def _by_meaning(plain: str) -> dict[str, float]:
    """The labels that the encoder finds, each with how likely it is; OTHER alone where it finds something else.

    What it cannot read, such as a language without spaces, is for a person to read.
    """
    if not any(sign.isalpha() for sign in plain):
        return {}
    try:
        found = meaning.reading(plain, "note")
    except Unread:
        return {OTHER: 1.0}
    if not found.named() and not found.grave:
        return {}
    likely = {label: found.labels[label] for label in LABELS if found.labels[label] >= NAMED_FROM}
    if found.grave:
        likely["self_harm"] = found.labels["self_harm"]
    return likely or {OTHER: found.harmful}


def _without_idioms(text: str) -> str:
    """The text in one case with figures of speech taken out; its sentences stay apart."""
    lines = [_idioms().sub(" ", folded(line)) for line in text.splitlines()]
    return "\n".join(line for line in lines if line.strip())


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@cache
def _idioms() -> re.Pattern[str]:
    return _whole(_file()["idioms"])


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {label: _whole(_file()["words"][label]) for label in LABELS}


def _whole(phrases: Iterable[str]) -> re.Pattern[str]:
    """Whole words in alphabets; in scripts without spaces the sign anywhere."""
    words = [folded(phrase) for phrase in phrases]
    spelt = (
        re.escape(one.removesuffix("*")) + (r"\w*" if one.endswith("*") else "") for one in words if not _sign(one)
    )
    signs = "".join(f"|{re.escape(one)}" for one in words if _sign(one))
    return re.compile(rf"(?<!\w)(?:{'|'.join(spelt)})(?!\w){signs}")


def _sign(word: str) -> bool:
    return ord(word[0]) >= _FIRST_SIGN
