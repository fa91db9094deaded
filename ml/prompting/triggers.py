"""What a patient must not see: trigger tags with the words that name them, and free words."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).parent / "triggers.toml"
_SUFFIX: Final = r"(?:'?s|es)?"


@cache
def words() -> dict[str, tuple[str, ...]]:
    """The words of each tag, as the file has them."""
    return {tag: tuple(found) for tag, found in tomllib.loads(_FILE.read_text("utf-8")).items()}


def tags() -> frozenset[str]:
    """Every trigger tag there is."""
    return frozenset(words())


def plain(text: str) -> str:
    """The text as matching sees it: one case, one form of each letter, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@cache
def _pattern(tag: str) -> re.Pattern[str]:
    """What names a tag."""
    return re.compile(r"\b(?:" + "|".join(_of_word(plain(word)) for word in words()[tag]) + r")\b")


def _begins_in(text: str, stem: str) -> bool:
    """Whether a word of the text begins so: "dog" also stops "doghouse".

    No pattern, since patterns are kept in memory and a patient's own words are not to be.
    """
    at = text.find(stem)
    while at >= 0:
        if _is_of_a_word(text[at - 1 : at]) != _is_of_a_word(stem[0]):
            return True
        at = text.find(stem, at + 1)
    return False


def _is_of_a_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def _of_word(word: str) -> str:
    if word.endswith("*"):
        return re.escape(word[:-1]) + r"\w*"
    return re.escape(word) + _SUFFIX


def _stem(word: str) -> str:
    """A free word without its plain plural, so that "spiders" also stops "spider"."""
    for ending in ("ies", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def canonical(triggers: Iterable[str]) -> frozenset[str]:
    """Triggers in the form that matching knows; blank ones fall away."""
    found = (plain(trigger).strip() for trigger in triggers)
    return frozenset(_tag(trigger) for trigger in found if trigger)


def _tag(trigger: str) -> str:
    """The tag a free word means, when it is a tag's own name in another spelling; else the word."""
    underscored = trigger.replace(" ", "_").replace("-", "_")
    return underscored if underscored in words() else trigger


def named_in(text: str, triggers: Iterable[str]) -> frozenset[str]:
    """Which of the triggers the text names. `triggers` are canonical."""
    text = plain(text)
    return frozenset(trigger for trigger in triggers if _names(text, trigger))


def _names(text: str, trigger: str) -> bool:
    return bool(_pattern(trigger).search(text)) if trigger in words() else _begins_in(text, _stem(trigger))
