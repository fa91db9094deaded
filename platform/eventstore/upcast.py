"""Old shapes read as new ones: a pure step from one version's raw map to the next. Stored events are never rewritten.

    @upcaster("session.ended.v1", to="session.ended.v2")
    def with_a_reason(raw):
        return {**raw, "reason": "unknown"}

Raw maps are as in `codec`: UUIDs are bytes, times are microseconds.
"""

from collections.abc import Callable
from typing import Any

from eventstore.event import EventType, catalogue, is_known, type_named
from vault import packing

Raw = dict[str, Any]
Step = Callable[[Raw], Raw]
_steps: dict[str, tuple[str, Step]] = {}


def upcaster(old: str, *, to: str) -> Callable[[Step], Step]:
    """Declare how the type `old`, which no class bears any more, is read as the type `to`.

    Raises:
        ValueError: `old` has a step already.
    """

    def declare(step: Step) -> Step:
        if old in _steps:
            raise ValueError(f"{old} is upcast twice")
        _steps[old] = (to, step)
        return step

    return declare


def current_type(name: str) -> EventType:
    """The declared type that events stored as `name` are read as.

    Raises:
        UnknownEventType: this code knows neither the name nor a way up from it.
    """
    while name in _steps:
        name = _steps[name][0]
    return type_named(name)


def is_readable(name: str) -> bool:
    while name in _steps:
        name = _steps[name][0]
    return is_known(name)


def stored_names(current: str) -> tuple[str, ...]:
    """All names under which events that are read as `current` may be stored."""
    older = [old for old, (to, _) in _steps.items() if to == current]
    return (current, *(name for old in older for name in stored_names(old)))


def erasing_names() -> set[str]:
    """Every name under which an event that erases its subject may be stored."""
    return {name for kind in catalogue().values() if kind.erases for name in stored_names(kind.name)}


def decode(name: str, packed: bytes) -> Any:
    """The event stored as `name`.

    Raises:
        UnknownEventType: deploy the code that wrote it. EventMalformed: stored with other fields.
    """
    raw = packing.unpack(packed)
    while name in _steps:
        name, step = _steps[name]
        raw = step(raw)
    return type_named(name).codec.decode(raw)
