"""Putting a chosen scene into other words by a language model: what it is asked, and when its answer is taken.

Pure: who asks it over the network is the caller. Whatever is doubtful leaves the template as it stands.
"""

import json
import tomllib
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ml.prompting.choose import Choice
from ml.prompting.library import by_id
from ml.prompting.phrase import head
from ml.prompting.state import State
from ml.prompting.triggers import canonical, named_in
from ml.prompting.typed import as_typed
from ml.prompting.unsaid import says_what_it_must_not
from ml.scenes.wording import PARTS, places_named

NEAR: Final = 0.75
"""Least MiniLM cosine of the answer to the template's text. The two nearest templates of all are at 0.74."""
NEAR_ALT: Final = 0.65
"""… and of what it says to a screen reader to the template's: of any two templates' 99.9 % are below 0.60, of twelve
that were put into other words by hand eleven are above it."""
KEYS: Final = ("text", "alt", "line")
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in KEYS},
    "required": list(KEYS),
    "additionalProperties": False,
}
"""As OpenAI-compatible servers take it for ``response_format``."""

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""(N,) texts → (N, D) unit vectors."""


class NotTaken(Exception):
    """The answer is not used; `code` says why, without its content. Asking again is not worth the patient's time."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A scene in the model's words, each within its length."""

    text: str
    alt: str
    line: str


def messages(choice: Choice, state: State) -> list[dict[str, str]]:
    """What the model is asked: the scene and the state's plain words.

    Of the patient's own, a filled slot may name a goal or a liked place; both are words of a closed list.
    """
    template = by_id()[choice.template]
    scene = {
        "text": choice.prompt.removeprefix(f"{head(choice.scene)}. "), "alt": choice.alt, "line": choice.line,
        "technique": choice.technique, "purpose": template.purpose, "emotion": state.emotion,
        "season": choice.scene.season, "style": choice.scene.style,
    }  # fmt: skip
    return [{"role": "system", "content": _rules()["system"].strip()}, {"role": "user", "content": json.dumps(scene)}]


def read_answer(content: str) -> Rewriting:
    """One JSON object with the three keys and nothing beside it.

    Raises:
        NotTaken: it is anything else.
    """
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):  # the latter where it is nested too deeply to be read
        raise NotTaken("not_json") from None
    if not isinstance(found, dict) or set(found) != set(KEYS):
        raise NotTaken("wrong_keys")
    return Rewriting(**{name: _plain(name, found[name]) for name in KEYS})


def reworded(
    choice: Choice, answer: Rewriting, triggers: Sequence[str], encode: Encode, blocked_kinds: Collection[str] = ()
) -> Choice:
    """The choice in the model's words, if they stay with the scene and say nothing that must not be seen or said.

    The safety layers judge what comes of it as they judge any prompt.

    Raises:
        NotTaken: they do not.
    """
    said = _said(answer)
    own = " ".join((choice.prompt, choice.alt, choice.line))
    if _letters(said) - _letters(own):
        raise NotTaken("strange_letters")
    if named_in(said, canonical(triggers)):
        raise NotTaken("names_a_trigger")
    if any(map(says_what_it_must_not, (answer.line, answer.alt))):
        raise NotTaken("says_too_much")
    if _names_another_place(answer, own, blocked_kinds):
        raise NotTaken("names_a_place")
    text = choice.prompt.removeprefix(f"{head(choice.scene)}. ")
    meant, got, shown, told = encode([text, answer.text, choice.alt, answer.alt])
    if float(meant @ got) < NEAR or float(shown @ told) < NEAR_ALT:
        raise NotTaken("drifted")
    prompt = f"{head(choice.scene)}. {answer.text}"
    return replace(choice, prompt=prompt, alt=answer.alt, line=answer.line)


def _said(answer: Rewriting) -> str:
    return " ".join((answer.text, answer.alt, answer.line))


def _letters(said: str) -> set[str]:
    """What is no sign that English is written with: a letter of another alphabet hides a word from every list."""
    return {sign for sign in said if not sign.isascii() and unicodedata.category(sign)[0] in "LMN"}


def _names_another_place(answer: Rewriting, own: str, blocked_kinds: Collection[str]) -> bool:
    """Whether it shows a kind of place that the template does not name, or says a blocked one where that does not.

    For the former a part that many places have, such as a sky, names none. Of a blocked one it is too much.
    """
    named, shown = places_named(own), places_named(f"{answer.text}. {answer.alt}")
    other = {kind for phrase, kind in shown.items() if phrase not in PARTS} - set(named.values())
    blocked = {phrase for phrase, kind in places_named(_said(answer)).items() if kind in blocked_kinds}
    return bool(other or blocked - named.keys())


def _plain(name: str, value: object) -> str:
    rules = _rules()
    if not isinstance(value, str):
        raise NotTaken("wrong_type")
    text = as_typed(" ".join(value.split()))
    if not rules["shortest"][name] <= len(text) <= rules["longest"][name]:
        raise NotTaken("wrong_length")
    if not text.isprintable() or any(mark in text for mark in "{}<>[]|`\\"):
        raise NotTaken("strange_form")
    return text


@cache
def _rules() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
