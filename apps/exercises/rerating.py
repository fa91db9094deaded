"""How a thought record leaves the patient, as one of the seven emotions: what a picture of the thought answers. Pure.

The patient's own words stop here: a feeling is looked up in `feeling_words.toml`, and what isn't there is neutral.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from apps.exercises.worksheets import Value, Worksheet
from apps.exercises.worksheets.model import Change

_LISTED: Final[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("feeling_words.toml").read_text(encoding="utf-8")
)
_NEGATED: Final[dict[str, list[str]]] = _LISTED.pop("negated")
EMOTION_OF: Final[Mapping[str, str]] = {word: emotion for emotion, words in _LISTED.items() for word in words}
NEGATED: Final[Mapping[str, str]] = {word: emotion for emotion, words in _NEGATED.items() for word in words}
"""What a word of something good names where one of NEGATIONS stands before it."""
NEGATIONS: Final = frozenset({
    "barely", "cannot", "cant", "dont", "hardly", "isnt", "neither", "never",
    "no", "nobody", "nor", "not", "nothing", "rarely", "wasnt", "without",
})  # fmt: skip
REACH: Final = 3
"""How many words on a negation still counts: "I don't feel very safe"."""
UNKNOWN: Final = "neutral"
UNSAID: Final = 0.3
"""Strength where the patient rated no feeling."""


@dataclass(frozen=True, slots=True)
class Rerated:
    """The strongest feeling as it was rated last. The intensity lies in 0…1."""

    emotion: str
    intensity: float


def takes_picture(worksheet: Worksheet, values: Mapping[str, Value], status: str) -> bool:
    """Whether a picture can be asked for: the thought is there, and the record finished or something rated anew."""
    if worksheet.pictured not in values:
        return False
    rated = any(change.after in values for change in worksheet.changes)
    return status == "finished" or (status == "open" and rated)


def rerated(worksheet: Worksheet, values: Mapping[str, Value]) -> Rerated:
    """The feeling after looking at both sides; before it, where nothing was rated again."""
    feelings = [change for change in worksheet.changes if change.named_by in values]
    again = [(values[one.after], one) for one in feelings if one.after in values]
    said = again or [(values[one.before], one) for one in feelings if one.before in values]
    if not said:
        return Rerated(UNKNOWN, UNSAID)
    points, strongest = max(said, key=lambda pair: int(pair[0]))
    return Rerated(emotion_of(str(values[strongest.named_by])), int(points) / _most(worksheet, strongest))


def emotion_of(words: str) -> str:
    """The emotion that the first known word names; neutral where none is known. "Not safe" is no happiness."""
    found = re.findall(r"[^\W\d_]+", re.sub(r"n['’]t\b", " not", words.casefold()))
    for place, word in enumerate(found):
        if word in NEGATED and not NEGATIONS.isdisjoint(found[max(0, place - REACH) : place]):
            return NEGATED[word]
        if word in EMOTION_OF:
            return EMOTION_OF[word]
    return UNKNOWN


def _most(worksheet: Worksheet, change: Change) -> int:
    return worksheet.field(change.after).most
