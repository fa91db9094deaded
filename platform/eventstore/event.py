"""Event types: declared by a name that lasts (`session.started.v1`), registered once, never a Python path.

    @event("session.started.v1")
    class SessionStarted:
        started_at: datetime

makes a frozen, keyword-only dataclass. `@part` does the same for a value nested in events, without a name.
"""

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, dataclass_transform
from uuid import UUID

from eventstore import codec
from eventstore.errors import UnknownEventType

T = TypeVar("T")
_NAME = re.compile(r"[a-z_]+(\.[a-z_]+)+\.v[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class EventType:
    """What is known of a declared event.

    Fields:
        blob_fields: fields (UUID, or Optional of it) that name blobs; their ids stand in the clear header, so that
            `verify` can check the files without a key.
        system_key: sealed under the system's key even in a patient's stream, to stay readable after erasure.
        erases: the stream's subject is erased by this event: each projection drops that subject's rows here.
    """

    name: str
    cls: type
    codec: codec.RecordCodec
    blob_fields: tuple[str, ...]
    system_key: bool
    erases: bool


_by_name: dict[str, EventType] = {}
_by_class: dict[type, EventType] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(
    name: str, *, blobs: tuple[str, ...] = (), system_key: bool = False, erases: bool = False
) -> Callable[[type[T]], type[T]]:
    """Declare an event. Field types: str int float bool bytes UUID datetime date None, Literal of str, Optional,
    tuple[X, ...] and `@part` classes.

    Raises:
        ValueError: the name is malformed or taken. TypeError: a field's type cannot be stored.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"not an event name: {name!r} (wanted: like session.started.v1)")

    def declare(cls: type[T]) -> type[T]:
        made = part(cls)
        known = EventType(name, made, codec.record(made), blobs, system_key, erases)
        _refuse_a_taken_name(known)
        _by_name[name] = _by_class[made] = known
        return made

    return declare


@dataclass_transform(frozen_default=True, kw_only_default=True)
def part(cls: type[T]) -> type[T]:
    """A frozen, keyword-only value to nest in events."""
    return dataclasses.dataclass(frozen=True, kw_only=True, slots=True)(cls)


def type_named(name: str) -> EventType:
    """The declaration of a type name.

    Raises:
        UnknownEventType: nothing of that name was declared in this process.
    """
    found = _by_name.get(name)
    if found is None:
        raise UnknownEventType(f"unknown event type {name}")
    return found


def type_of(cls: type) -> EventType:
    """The declaration of an event class.

    Raises:
        UnknownEventType: the class was not declared with `@event`.
    """
    found = _by_class.get(cls)
    if found is None:
        raise UnknownEventType(f"{cls.__qualname__} is not a declared event")
    return found


def is_known(name: str) -> bool:
    return name in _by_name


def catalogue() -> dict[str, EventType]:
    """All declared events by name, in order of name."""
    return dict(sorted(_by_name.items()))


def blob_ids(instance: Any) -> tuple[UUID, ...]:
    """The blobs that an event names, in the order of its declaration."""
    values = (getattr(instance, field) for field in type_of(type(instance)).blob_fields)
    return tuple(value for value in values if value is not None)


def _refuse_a_taken_name(new: EventType) -> None:
    """A module may be loaded again under the same path (a reload in tests); another class may not take a name."""
    old = _by_name.get(new.name)
    if old and (old.cls.__module__, old.cls.__qualname__) != (new.cls.__module__, new.cls.__qualname__):
        raise ValueError(f"{new.name} is already declared by {old.cls.__module__}.{old.cls.__qualname__}")
