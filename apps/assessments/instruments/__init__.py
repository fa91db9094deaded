"""The instruments by key. `offered` are the ones that patients are asked to fill in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from apps.assessments.instruments.dass21 import DASS_21
from apps.assessments.instruments.gad7 import GAD_7
from apps.assessments.instruments.model import Band, Choice, Instrument, Item, Scale
from apps.assessments.instruments.phq9 import PHQ_9

INSTRUMENTS: Final[Mapping[str, Instrument]] = MappingProxyType({one.key: one for one in (PHQ_9, GAD_7, DASS_21)})
OFFERED: Final[tuple[Instrument, ...]] = (PHQ_9, GAD_7)

__all__ = ["INSTRUMENTS", "OFFERED", "Band", "Choice", "Instrument", "Item", "Scale", "UnknownInstrument", "instrument"]


class UnknownInstrument(ValueError):
    """No instrument has this key."""


def instrument(key: str) -> Instrument:
    """The instrument with this key; case doesn't matter, and "phq9" is "phq-9". Raises UnknownInstrument."""
    wanted = key.strip().lower().replace("-", "").replace("_", "")
    for one in INSTRUMENTS.values():
        if one.key.replace("-", "") == wanted:
            return one
    known = ", ".join(INSTRUMENTS)
    raise UnknownInstrument(f"unknown instrument {key!r}; known: {known}")
