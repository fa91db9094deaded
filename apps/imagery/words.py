"""Styles and kinds of scenes in words, from `scene_words.toml`, and what a picture was made by."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

LIBRARY: Final = "library:"
"""How the model, and the template, of a scene from the vetted library begin."""

_DATA: Final[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "scene_words.toml").read_text("utf-8"))
STYLES: Final[tuple[str, ...]] = tuple(_DATA["styles"])
KINDS: Final[tuple[str, ...]] = tuple(_DATA["kinds"])
PREVIEWS: Final[frozenset[str]] = frozenset(_DATA["previews"])


@dataclass(frozen=True, slots=True)
class Word:
    """One style or kind: its key, and how it is said."""

    key: str
    word: str
    about: str


def styles() -> tuple[Word, ...]:
    """The styles in the order in which they are offered."""
    return tuple(_word(key, facts) for key, facts in _DATA["styles"].items())


def kinds() -> tuple[Word, ...]:
    """The kinds of scenes."""
    return tuple(_word(key, facts) for key, facts in _DATA["kinds"].items())


def is_preview(model: str) -> bool:
    """Whether these weights (name@hash) are a preview model."""
    return model.partition("@")[0] in PREVIEWS


def _word(key: str, facts: Mapping[str, str]) -> Word:
    about = facts.get("about", "")
    return Word(key, _(facts.get("word", key)), _(about) if about else "")
