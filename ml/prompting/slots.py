"""What a patient's goals and liked places may put into a scene: a closed list, so no free word reaches a prompt."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).parent / "templates" / "slots.toml"


@dataclass(frozen=True, slots=True)
class Value:
    """What a slot may be filled with: how it is painted and said, and for whom it is not.

    `kind` is the place's word of the scenes, "" for a goal; `leans` are the techniques that go with a goal.
    """

    key: str
    shows: str
    says: str
    triggers: frozenset[str]
    kind: str = ""
    leans: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Personal:
    """What of one patient fills slots in one decision: keys of the list, or nothing."""

    goal: str | None = None
    liked_place: str | None = None

    def values(self) -> dict[str, str]:
        """The words for the slots; one without a value is absent."""
        found: dict[str, str] = {}
        if self.goal is not None:
            goal = goals()[self.goal]
            found |= {"goal": goal.shows, "goal_name": goal.says}
        if self.liked_place is not None:
            found["liked_place"] = liked_places()[self.liked_place].shows
        return found


NOBODY: Final = Personal()
SLOTS: Final = frozenset({"goal", "goal_name", "liked_place"})
"""The slots that hold something of one patient."""


def goals() -> Mapping[str, Value]:
    """What a patient may work towards, by key."""
    return _values()["goal"]


def liked_places() -> Mapping[str, Value]:
    """Where a patient may like to be, by key: the painter's kinds of scenes."""
    return _values()["liked_place"]


@cache
def _values() -> dict[str, dict[str, Value]]:
    data: dict[str, Any] = tomllib.loads(_FILE.read_text("utf-8"))
    return {name: {key: _value(key, name, fields) for key, fields in entries.items()} for name, entries in data.items()}


def _value(key: str, name: str, fields: dict[str, Any]) -> Value:
    return Value(
        key=key, shows=fields["shows"], says=fields.get("says", fields["shows"]), leans=fields.get("leans", {}),
        triggers=frozenset(fields.get("triggers", ())), kind=key if name == "liked_place" else "",
    )  # fmt: skip
