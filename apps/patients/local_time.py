"""Which season and time of day it is where a patient lives. Pure.

`zones.csv` has the latitude of each zone's main place, from the tz database (zone1970.tab, zone.tab and its old names;
public domain). Between the tropics there are no four seasons, and in a zone without a place nobody can say.
"""

import csv
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

TROPIC: Final = 23.44
"""Latitude in degrees within which the sun stands overhead twice a year."""
_SEASONS: Final = ("winter", "spring", "summer", "autumn")
_BEGINS: Final = ((5, "morning"), (12, "afternoon"), (18, "evening"), (22, "night"))
"""From which hour on; before the first it is night."""


@dataclass(frozen=True, slots=True)
class LocalTime:
    """None where it cannot be known."""

    season: str | None
    day_time: str | None


UNKNOWN: Final = LocalTime(None, None)


@cache
def latitudes() -> dict[str, float]:
    """Zone → degrees north of the equator."""
    with (Path(__file__).parent / "zones.csv").open(encoding="utf-8", newline="") as file:
        return {row["zone"]: float(row["latitude"]) for row in csv.DictReader(file)}


def local_time(zone: str, at: datetime) -> LocalTime:
    """Season (meteorological: whole months) and time of day at an aware moment; UNKNOWN for a zone without a place."""
    if zone not in latitudes():
        return UNKNOWN
    try:
        there = at.astimezone(ZoneInfo(zone))
    except ZoneInfoNotFoundError:  # the machine's own table is older than ours
        return UNKNOWN
    begun = [name for hour, name in _BEGINS if there.hour >= hour]
    return LocalTime(_season(latitudes()[zone], there.month), begun[-1] if begun else "night")


def _season(latitude: float, month: int) -> str | None:
    if abs(latitude) < TROPIC:
        return None
    quarter = month % 12 // 3 + (0 if latitude > 0 else 2)
    return _SEASONS[quarter % 4]
