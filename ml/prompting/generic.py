"""The generic prompt: what a picture is asked for when nobody chooses a scene. The other arm of the paired choice.

It is no part of the engine and passes none of its hard rules, so it is painted only where none stands on record. The
paper compares its prompts with "generic prompts" and does not print them: these words are ours (`generic.toml`). Style
and what every picture keeps out are the engine's, so that the arms differ in what is asked for and in nothing else.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ml.prompting.phrase import BASE_NEGATIVE, STYLE_WORDS


@dataclass(frozen=True, slots=True)
class GenericPrompt:
    """What the painter is told; `name` says which wording it is."""

    name: str
    prompt: str
    negative: str


def generic_prompt(emotion: str, style: str) -> GenericPrompt:
    """The prompt for an emotion of `ml.vocabulary.EMOTIONS` in a style of `ml.scenes.spec.STYLES`.

    Raises:
        KeyError: no such emotion or style.
    """
    words = _words()
    text = words["text"].format(feeling=words["feelings"][emotion], style=STYLE_WORDS[style])
    return GenericPrompt(words["name"], text, BASE_NEGATIVE)


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
