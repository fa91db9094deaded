"""How fast one breathes in the breathing exercise: rates as data, each with its source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """Seconds in, seconds out, and after how many minutes the exercise says that it's enough."""

    key: str
    in_s: int
    out_s: int
    minutes: int
    source: str

    @property
    def breaths_per_minute(self) -> float:
        return 60 / (self.in_s + self.out_s)


_RAW: Final = tomllib.loads(Path(__file__).with_name("paces.toml").read_text(encoding="utf-8"))
PACES: Final[Mapping[str, Pace]] = {key: Pace(key=key, **raw) for key, raw in _RAW.items()}
USUAL: Final = next(iter(PACES))
