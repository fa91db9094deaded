"""What a profile may say. Whatever is missing, unknown or nonsense is refused with a line that names it."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from ml.imaging.production.acceleration import DTYPES

_Rule: TypeAlias = tuple[Callable[[Any], bool], str]
_REVISION: Final = re.compile(r"[0-9a-f]{40}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_WEIGHTS: Final = re.compile(r"[\w./-]+\.safetensors")
_LARGEST: Final = 4096


class ProfileWrong(LookupError):
    """A profile says what cannot be. Retrying won't help: mend the file that the line names."""


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_number(value: Any, least: float, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def _are_buckets(value: Any) -> bool:
    whole = isinstance(value, list) and bool(value) and all(_is_whole(one, 1, 64) for one in value)
    return whole and value[0] == 1 and value == sorted(set(value))


def _are_pins(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(
        _WEIGHTS.fullmatch(name) and ".." not in name and isinstance(digest, str) and _DIGEST.fullmatch(digest)
        for name, digest in value.items()
    )  # fmt: skip


def _is_scheduler(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("class"), str) and value["class"].endswith("Scheduler")


_TEXT: Final[_Rule] = (lambda value: isinstance(value, str) and bool(value.strip()), "a text")
_SWITCH: Final[_Rule] = (lambda value: isinstance(value, bool), "true or false")
_SIDE: Final[_Rule] = (lambda value: _is_whole(value, 8, _LARGEST) and value % 8 == 0, "a multiple of 8, at most 4096")
_REQUIRED: Final[dict[str, _Rule]] = {
    "label": _TEXT,
    "folder": (lambda value: isinstance(value, str), "a text, empty when nothing ships"),
    "steps": (lambda value: _is_whole(value, 1, 150), "a whole number from 1 to 150"),
    "guidance": (lambda value: _is_number(value, 0, 30), "a number from 0 to 30"),
    "size": _SIDE,
    "shown": _SIDE,
    "reads": (lambda value: value in ("scenes", "text"), '"scenes" or "text"'),
    "paints_anything": _SWITCH,
}
_HUB: Final[dict[str, _Rule]] = {
    "hub": (lambda value: isinstance(value, str) and value.count("/") == 1, "owner/name"),
    "revision": (lambda value: isinstance(value, str) and bool(_REVISION.fullmatch(value)), "a commit, 40 hex digits"),
    "sha256": (_are_pins, "a table of safetensors files with 64 hex digits each"),
    "licence": _TEXT,
}
_OPTIONAL: Final[dict[str, _Rule]] = {
    "variant": _TEXT,
    "shared_noise": (lambda value: _is_number(value, 0, 0.9), "a number from 0 to 0.9"),
    "strength": (lambda value: _is_number(value, 0, 0.95), "a number from 0 to 0.95"),
    "scheduler": (_is_scheduler, 'a table whose "class" is a scheduler of diffusers'),
    "acceleration": (lambda value: isinstance(value, dict), "a table"),
}
_ACCELERATION: Final[dict[str, _Rule]] = {
    "dtype": (lambda value: value in DTYPES, f"one of {', '.join(DTYPES)}"),
    "channels_last": _SWITCH,
    "compile": _SWITCH,
    "buckets": (_are_buckets, "ascending batch sizes, the first 1, the last at most 64"),
    "vae_tiling": _SWITCH,
    "vae_slicing": _SWITCH,
    "int8": _SWITCH,
    "onnx": _SWITCH,
    "memory_gib": (lambda value: _is_number(value, 0, 1024), "a number of GiB"),
}
MANNERS: Final = frozenset(
    {"label", "steps", "guidance", "size", "shown", "shared_noise", "strength", "scheduler", "acceleration"}
)
"""What a folder of weights may say about itself; never what it could paint, or where it comes from."""


def check(where: str, entry: Mapping[str, Any]) -> None:
    """Raises ProfileWrong, naming the first thing that is wrong in a whole profile."""
    hub = _HUB if any(name in entry for name in _HUB) else {}
    missing = [name for name in (*_REQUIRED, *hub) if name not in entry]
    if missing:
        raise ProfileWrong(f"{where}: {missing[0]} is missing")
    _obey(where, entry, _REQUIRED | hub | _OPTIONAL)
    _obey(f"{where}.acceleration", entry.get("acceleration", {}), _ACCELERATION)
    if entry["shown"] < entry["size"]:
        raise ProfileWrong(f"{where}: shown is smaller than size")


def check_acceleration(where: str, entry: Mapping[str, Any]) -> None:
    """Raises ProfileWrong for a part of a profile's acceleration."""
    _obey(where, entry, _ACCELERATION)


def _obey(where: str, entry: Mapping[str, Any], rules: Mapping[str, _Rule]) -> None:
    for name, value in entry.items():
        if name not in rules:
            raise ProfileWrong(f"{where}: nothing is called {name}")
        allowed, wanted = rules[name]
        if not allowed(value):
            raise ProfileWrong(f"{where}: {name} = {value!r} is not {wanted}")
