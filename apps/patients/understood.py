"""What a patient's own words about goals and places are understood as, by `wishes.toml`. Pure.

Only the words of that file go on to the choice of pictures; what the patient wrote never does.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

_DATA: Final[Mapping[str, Any]] = tomllib.loads((Path(__file__).parent / "wishes.toml").read_text("utf-8"))
LANGUAGES: Final[Mapping[str, str]] = _DATA["languages"]
"""Tag → the language's own name for itself."""
GOALS: Final[tuple[str, ...]] = tuple(_DATA["goals"])
PLACES: Final[tuple[str, ...]] = tuple(_DATA["places"])


def goals(phrases: Iterable[str]) -> tuple[str, ...]:
    """Which of GOALS the phrases mean, in the order in which they were said; each once."""
    return _understood("goals", phrases)


def places(phrases: Iterable[str]) -> tuple[str, ...]:
    """Which of PLACES the phrases mean, in the order in which they were said; each once."""
    return _understood("places", phrases)


def _understood(of: str, phrases: Iterable[str]) -> tuple[str, ...]:
    found = (key for phrase in phrases for key in _patterns(of) if _patterns(of)[key].search(phrase.casefold()))
    return tuple(dict.fromkeys(found))


@cache
def _patterns(of: str) -> dict[str, re.Pattern[str]]:
    return {key: re.compile(r"\b(?:" + "|".join(map(_pattern, words)) + r")\b") for key, words in _DATA[of].items()}


def _pattern(word: str) -> str:
    return re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else "")
