"""What a template's slots may be filled with from a patient's own wishes, as the data file lists it, for pages."""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from ml import vocabulary

FILE: Final = Path(vocabulary.__file__).parent / "prompting" / "templates" / "slots.toml"
LIST_OF: Final = {"goal": "goal", "goal_name": "goal", "liked_place": "liked_place"}
"""Slot → the list that it is filled from. Season and time of day are no lists: they are the patient's own."""
FIRST: Final = "d8cb49f75fc86b26f067a1dae40dd1d2753061ad07af7c13f81c9467833d998c"
"""sha256 of the lists while a template's digest left them out: an approval of that time was given with these values."""
_SLOT: Final = re.compile(r"\{(\w+)\}")

Value = dict[str, Any]
Lists = Mapping[str, Mapping[str, Value]]


@cache
def lists() -> Lists:
    """List → key → what is painted, what is said, and for whom it is not."""
    data: dict[str, dict[str, Value]] = tomllib.loads(FILE.read_text("utf-8"))
    return {name: {key: _value(fields) for key, fields in values.items()} for name, values in data.items()}


def held_by(*texts: str) -> Lists:
    """The lists that these texts are filled from."""
    names = {LIST_OF[slot] for text in texts for slot in _SLOT.findall(text) if slot in LIST_OF}
    return {name: values for name, values in lists().items() if name in names}


def in_words(value: Value) -> str:
    """What is painted, and what is said where that is another word."""
    shows, says = value["shows"], value["says"]
    return shows if says == shows else f"{shows} ({says})"


def are_the_first() -> bool:
    """Whether the lists still hold what they held while digests left them out."""
    return digest_of(lists()) == FIRST


def digest_of(said: Any) -> str:
    """sha256 of a plain value's canonical JSON."""
    written = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _value(fields: Value) -> Value:
    shows = fields["shows"]
    return {"shows": shows, "says": fields.get("says", shows), "triggers": sorted(fields.get("triggers", ()))}
