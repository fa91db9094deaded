"""A setting over a profile's wish, in the profile's own words: `memory_gib = 3.2, compile = true`."""

import tomllib
from dataclasses import replace

from ml.imaging.production.acceleration import Acceleration
from ml.imaging.production.rules import ProfileWrong, check_acceleration


def overridden(wish: Acceleration, setting: str) -> Acceleration:
    """The wish, but for what the setting says. Raises ProfileWrong, naming what it cannot say."""
    try:
        said = tomllib.loads(f"it = {{ {setting} }}")["it"]
    except tomllib.TOMLDecodeError as error:
        raise ProfileWrong(f"acceleration {setting!r}: {error}") from error
    check_acceleration(f"acceleration {setting!r}", said)
    if "buckets" in said:
        said["buckets"] = tuple(said["buckets"])
    return replace(wish, **said)
