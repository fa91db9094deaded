"""How many orders are gathered, and how long they wait for one another, by the device that paints."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True)
class Limits:
    """As `limits.toml` says; buckets ascend from 1."""

    buckets: tuple[int, ...]
    window_s: float
    patience_s: float
    share: float
    stall_s: float

    @property
    def largest(self) -> int:
        """The most orders of a batch."""
        return self.buckets[-1]

    def bucket(self, waiting: int) -> int:
        """The largest bucket that so many fill; 0 for none."""
        return max((bucket for bucket in self.buckets if bucket <= waiting), default=0)


@cache
def limits_of(device: str) -> Limits:
    """Of torch's name of a device."""
    with _FILE.open("rb") as file:
        entries = tomllib.load(file)
    entry = entries["cpu" if device.startswith("cpu") else "gpu"]
    return Limits(tuple(entry.pop("buckets")), **entry)
