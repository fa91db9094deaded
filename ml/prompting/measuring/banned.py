"""A word search of its own, so that what the engine's search lets through is not judged by that search."""

import re
import tomllib
from functools import cache
from pathlib import Path

import ml.prompting


@cache
def tagged_words() -> dict[str, tuple[str, ...]]:
    """The words of each trigger tag, as the file has them."""
    path = Path(ml.prompting.__file__).parent / "triggers.toml"
    return {tag: tuple(words) for tag, words in tomllib.loads(path.read_text("utf-8")).items()}


class Banned:
    """Words that a text must not hold: not as they are, not in the plural, not begun by them where a star says so."""

    def __init__(self, triggers: frozenset[str]) -> None:
        words = [word for trigger in triggers for word in tagged_words().get(trigger, (f"{trigger}*",))]
        self._phrases = tuple(word for word in words if " " in word or "-" in word)
        single = [word for word in words if word not in self._phrases]
        self._exact = {word + end for word in single if not word.endswith("*") for end in ("", "s", "es")}
        self._begun = tuple(word[:-1] for word in single if word.endswith("*"))

    def said(self, text: str) -> list[str]:
        """The words and phrases of the text that are banned."""
        low = text.lower()
        tokens = re.findall(r"[a-zà-ÿ]+", low)
        found = [token for token in tokens if token in self._exact or (self._begun and token.startswith(self._begun))]
        return found + [phrase for phrase in self._phrases if phrase in low]
