"""Every event's name and fields, pinned: what was written once must be readable for ever."""

import dataclasses
import json
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from eventstore.event import EventType, catalogue

PINNED = Path(__file__).parents[1] / "fixtures" / "events.json"
OURS = ("apps.", "access.", "eventstore.")


def words(hint: Any) -> Any:
    """A field's type as stable words; a nested part as its own fields."""
    if dataclasses.is_dataclass(hint):
        return fields(hint)
    if get_origin(hint) is tuple:
        inner = words(get_args(hint)[0])
        return [inner] if not isinstance(inner, str) else f"tuple[{inner}]"
    if get_origin(hint) in (Union, UnionType):
        known = sorted(str(words(member)) for member in get_args(hint) if member is not type(None))
        return " | ".join([*known, "None"])
    return getattr(hint, "__name__", str(hint))


def fields(cls: Any) -> dict[str, Any]:
    hints = get_type_hints(cls)
    return {field.name: words(hints[field.name]) for field in dataclasses.fields(cls)}


def shape(known: EventType) -> dict[str, Any]:
    flags = {name: getattr(known, name) for name in ("system_key", "erases") if getattr(known, name)}
    blobs = {"blobs": list(known.blob_fields)} if known.blob_fields else {}
    return {"fields": fields(known.cls), **flags, **blobs}


def declared() -> dict[str, Any]:
    return {name: shape(known) for name, known in catalogue().items() if known.cls.__module__.startswith(OURS)}


def pinned() -> dict[str, Any]:
    shapes: dict[str, Any] = json.loads(PINNED.read_text())
    return shapes


def test_every_event_is_pinned_as_it_is_declared() -> None:
    unpinned = {name: made for name, made in declared().items() if pinned().get(name) != made}
    assert not unpinned, f"new: add to {PINNED.name}; changed: declare a .v2 instead\n{json.dumps(unpinned, indent=1)}"


def test_no_pinned_event_is_gone() -> None:
    assert not pinned().keys() - declared().keys()


def test_no_event_type_tells_a_finding() -> None:
    """Types stand in the clear, so no emotion, score, risk or alarm is in their names."""
    telling = ("alert", "risk", "crisis", "suicid", "severe", "anger", "fear", "sad", "happi", "trigger_hit", "item_9")
    assert not [name for name in declared() if any(word in name for word in telling)]
