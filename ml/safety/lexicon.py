"""The word list: which labels a text names, and whether it asserts or denies them."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ml.safety.normalise import folded, neighbours, views

_FILE: Final = Path(__file__).parent / "lexicon.toml"
_CLAUSE_END: Final = re.compile(r"[.;:!?\n]|,(?!\s*(?:nor|or)\b)|\bbut\b|\bthen\b|\byet\b")
_NEGATOR: Final = re.compile(
    r"\b(?:no|not|never|without|none|neither|nor|free of|free from|safe from|away from|instead of|far from|"
    r"isn't|aren't|don't|doesn't|can't|cannot|nobody|no one|lacking|absence of|avoid|avoiding)\b"
)
_NO_NEGATION: Final = re.compile(
    r"\b(?:nothing but|not only|not just|not merely|no end of|no shortage of|no less than|cannot stop|can't stop|"
    r"not without|never without|never stops?|cannot help|can't help|don't stop|no reason not)\b"
)
_HONEST_PAIRS: Final = frozenset({"heroin", "behead", "topless"})
"""The hero in the story, to be head over heels, a top less steep."""
_FIRST_SIGN: Final = 0x2E80
"""From here on Unicode holds the scripts of East Asia, which set no spaces."""
_REACH: Final = 5
"""How many words a negation reaches forward."""


@dataclass(frozen=True, slots=True)
class Findings:
    """Labels that the text asserts, and labels that it only denies ("no weapons").

    `disguised`: whether a word was hidden, beside others or alone; an honest text hides none.
    """

    asserted: frozenset[str]
    negated: frozenset[str]
    disguised: bool = False


def find(text: str) -> Findings:
    """Search every view of the text. A label asserted anywhere is asserted."""
    asserted: set[str] = set()
    denied: set[str] = set()
    counts: list[Counter[str]] = []
    for view in views(text):
        hits = list(_hits(_without_harmless(view)))
        denied.update(label for label, negated in hits if negated)
        counts.append(Counter(label for label, negated in hits if not negated))
        asserted.update(counts[-1])
    split = {label for one, two in neighbours(text) for label in _across_gap(one, two)}
    disguised = bool(split) or any(count - counts[0] for count in counts)
    asserted |= split
    return Findings(frozenset(asserted), frozenset(denied - asserted), disguised)


def _across_gap(one: str, two: str) -> Iterator[str]:
    """The labels of words that begin in one word and end in the next."""
    for label, pattern in _gap_patterns().items():
        hit = pattern.fullmatch(one + two)
        if hit and hit.end(1) > len(one):
            yield label


def labels() -> tuple[str, ...]:
    """Every label of the list."""
    return tuple(_patterns())


def _hits(view: str) -> Iterator[tuple[str, bool]]:
    for label, pattern in _patterns().items():
        for hit in pattern.finditer(view):
            yield label, _is_negated(view, hit.start(), hit.end())


def _is_negated(view: str, start: int, end: int) -> bool:
    """Whether exactly one negation reaches the word: two cancel out."""
    if re.match(r"[- ]free\b", view[end:]):
        return True
    clause = _CLAUSE_END.split(view[:start])[-1]
    before = " ".join(clause.split()[-_REACH:])
    if _NO_NEGATION.search(before):
        return False
    return len(_NEGATOR.findall(before)) == 1


def _without_harmless(view: str) -> str:
    return _harmless().sub(" ", view)


@cache
def _file() -> dict[str, dict[str, list[str]]]:
    loaded: dict[str, dict[str, list[str]]] = tomllib.loads(_FILE.read_text("utf-8"))
    return loaded


@cache
def _harmless() -> re.Pattern[str]:
    return _one_of(list(_file()["harmless"]))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {label: _one_of(words) for label, words in _file()["labels"].items()}


@cache
def _gap_patterns() -> dict[str, re.Pattern[str]]:
    """Words of six letters or more, which two honest neighbours seldom make by accident."""
    long = {
        label: [word.removesuffix("*") for word in words if re.fullmatch(r"[a-z]{6,}\*?", word)]
        for label, words in _file()["labels"].items()
    }
    return {
        label: re.compile(rf"({'|'.join(word for word in words if word not in _HONEST_PAIRS)})\w{{0,4}}")
        for label, words in long.items()
    }


def _one_of(words: list[str]) -> re.Pattern[str]:
    """Whole words in alphabets; in scripts without spaces the sign anywhere."""
    found = [folded(word) for word in words]
    whole = "|".join(_of_word(word) for word in found if not _is_sign(word))
    signs = "".join(f"|{re.escape(word)}" for word in found if _is_sign(word))
    return re.compile(rf"(?<!\w)(?:{whole})(?!\w){signs}")


def _is_sign(word: str) -> bool:
    return ord(word[0]) >= _FIRST_SIGN


def _of_word(word: str) -> str:
    return re.escape(word.removesuffix("*")).replace(r"\ ", r"[\s-]+") + (r"\w*" if word.endswith("*") else "")
