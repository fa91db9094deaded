"""The worksheets on offer, read once from the data files beside this one. Adding one is adding a file.

Texts are plain English for a reader of twelve (a test measures it); another language is another file.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from apps.exercises.worksheets.model import Change, Choice, Field, Section, Value, Worksheet, WrongEntry

__all__ = [
    "WORKSHEETS",
    "Choice",
    "Field",
    "Section",
    "UnknownWorksheet",
    "Value",
    "Worksheet",
    "WrongEntry",
    "worksheet",
]


class UnknownWorksheet(LookupError):
    """There is no worksheet of this name."""


def _read(path: Path) -> Worksheet:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    sections = tuple(_section(one) for one in raw.pop("section"))
    changes = tuple(Change(**one) for one in raw.pop("change"))
    return Worksheet(key=path.stem, needed=tuple(raw.pop("needed")), changes=changes, sections=sections, **raw)


def _section(raw: dict[str, Any]) -> Section:
    return Section(fields=tuple(_field(one) for one in raw.pop("field", ())), **raw)


def _field(raw: dict[str, Any]) -> Field:
    choices = tuple(Choice(value=value, text=text) for value, text in raw.pop("choices", {}).items())
    return Field(choices=choices, suggestions=tuple(raw.pop("suggestions", ())), **raw)


_ORDER: Final = ("thought_record", "activity_plan", "grounding", "breathing")
WORKSHEETS: Final[Mapping[str, Worksheet]] = {key: _read(Path(__file__).with_name(f"{key}.toml")) for key in _ORDER}


def worksheet(key: str) -> Worksheet:
    """Raises UnknownWorksheet."""
    if key not in WORKSHEETS:
        raise UnknownWorksheet(f"no worksheet is called {key!r}")
    return WORKSHEETS[key]
