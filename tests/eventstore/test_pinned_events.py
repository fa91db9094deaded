"""Events only grow: each one's name, fields and flags are pinned in tests/fixtures/events.json.

A new event adds its entry; an entry that stands never changes, since the log holds events of that shape: a new shape is
a `.v2` and an upcaster. `python -m pytest tests/eventstore/test_pinned_events.py` prints what to add.
"""

import dataclasses
import json
from pathlib import Path
from typing import Any, get_type_hints

from eventstore.event import EventType, catalogue

PINNED = Path(__file__).parents[1] / "fixtures" / "events.json"
OURS = ("access.", "apps.", "eventstore.", "vault.")


def shape(known: EventType) -> dict[str, Any]:
    """What the bytes of an event depend on: its fields in order with their types, nested parts spelled out."""
    flags = {name: True for name in ("system_key", "erases") if getattr(known, name)}
    blobs = {"blobs": list(known.blob_fields)} if known.blob_fields else {}
    return {"fields": fields_of(known.cls)} | flags | blobs


def fields_of(cls: type) -> dict[str, Any]:
    return {name: spelled(hint) for name, hint in get_type_hints(cls).items()}


def spelled(hint: Any) -> Any:
    parts = [
        part for part in getattr(hint, "__args__", ()) if isinstance(part, type) and dataclasses.is_dataclass(part)
    ]
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return fields_of(hint)
    name = hint.__name__ if isinstance(hint, type) and not parts and not getattr(hint, "__args__", ()) else str(hint)
    return {name.split("[")[0]: fields_of(parts[0])} if parts else name.replace("uuid.", "").replace("datetime.", "")


def test_every_event_has_the_name_and_fields_that_the_log_knows() -> None:
    now = {name: shape(known) for name, known in catalogue().items() if known.cls.__module__.startswith(OURS)}
    pinned = json.loads(PINNED.read_text())
    changed = {name: now.get(name) for name in pinned if now.get(name) != pinned[name]}
    assert changed == {}, "a pinned event changed or went: old events in the log could not be read any more"
    new = {name: now[name] for name in now.keys() - pinned.keys()}
    assert new == {}, f"pin the new events in {PINNED.name}: {json.dumps(new, indent=2, sort_keys=True)}"


def test_the_fixture_is_in_order_so_that_two_branches_merge() -> None:
    text = PINNED.read_text()
    assert list(json.loads(text)) == sorted(json.loads(text))
