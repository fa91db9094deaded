"""The prompts of the five-senses exercise, as data; also shown beside the calm picture after an exposure step."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class Sense:
    """How many things to find with one sense, and how that is said."""

    count: int
    verb: str
    prompt: str
    example: str


_RAW: Final = tomllib.loads(Path(__file__).with_name("senses.toml").read_text(encoding="utf-8"))
SENSES: Final = tuple(Sense(**raw) for raw in _RAW["sense"])
