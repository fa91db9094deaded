"""Rows of the log as recorded events."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from eventstore import upcast, wire
from eventstore.event import type_of
from eventstore.header import EventHeader
from eventstore.recorded import Recorded
from eventstore.sealing import Opener
from eventstore.stream import StreamName

_COLUMNS = """e.stream_id, e.version, e.event_id, e.command_id, e.type, e.subject_id, e.key_id, e.actor_id,
    e.actor_role, e.recorded_at, e.blobs, e.ciphertext, p.position, s.category, s.entity_id"""
_TABLES = """eventstore.log_position p JOIN eventstore.event e USING (seq)
    JOIN eventstore.stream s ON s.stream_id = e.stream_id"""
_STREAM = f"""SELECT {_COLUMNS} FROM eventstore.event e
    JOIN eventstore.stream s USING (stream_id) LEFT JOIN eventstore.log_position p USING (seq)
    WHERE e.stream_id = %b::uuid AND e.version > %b::bigint ORDER BY e.version"""  # noqa: S608  (only these columns)
_STREAMS = f"""SELECT {_COLUMNS} FROM {_TABLES}
    WHERE e.stream_id = ANY(%b::uuid[]) AND p.position > %b::bigint ORDER BY p.position"""  # noqa: S608  (as above)
_OF_SUBJECT = f"""SELECT {_COLUMNS} FROM eventstore.stream s
    JOIN eventstore.event e USING (stream_id) LEFT JOIN eventstore.log_position p USING (seq)
    WHERE s.subject_id = %b::uuid AND s.category = %b::text AND e.type = ANY(%b::text[])
    ORDER BY e.seq"""  # noqa: S608  (as above)
_EACH = f"""SELECT {_COLUMNS} FROM eventstore.event e
    JOIN eventstore.stream s USING (stream_id) LEFT JOIN eventstore.log_position p USING (seq)
    WHERE e.stream_id = ANY(%b::uuid[]) AND e.type = ANY(%b::text[]) ORDER BY e.seq"""  # noqa: S608  (as above)
_LOG = f"""SELECT {_COLUMNS} FROM {_TABLES}
    WHERE p.position > %b::bigint ORDER BY p.position LIMIT %b::bigint"""  # noqa: S608  (as above)
_LOG_OF = f"""SELECT {_COLUMNS} FROM {_TABLES}
    WHERE p.position > %b::bigint AND e.type = ANY(%b::text[])
    ORDER BY p.position LIMIT %b::bigint"""  # noqa: S608  (as above)
_BETWEEN = f"""SELECT {_COLUMNS} FROM {_TABLES}
    WHERE p.position > %b::bigint AND p.position <= %b::bigint AND e.type = ANY(%b::text[])
    ORDER BY p.position"""  # noqa: S608  (as above)
_HEAD = "SELECT next_position - 1 FROM eventstore.seal_state"
_VERSION = "SELECT version FROM eventstore.stream WHERE stream_id = %b::uuid"
_VERSION_AFTER = """SELECT max(e.version) FROM eventstore.event e, eventstore.event first
    WHERE first.event_id = %b::uuid AND first.stream_id = %b::uuid
      AND e.stream_id = first.stream_id AND e.version >= first.version AND e.command_id = %b::uuid"""


def stream(name: StreamName, after: int) -> list[Recorded]:
    return opened(wire.fetchall(_STREAM, [name.stream_id, after]))


def streams(names: Sequence[StreamName], after_position: int) -> list[Recorded]:
    return opened(wire.fetchall(_STREAMS, [[name.stream_id for name in names], after_position]))


def each(names: Collection[StreamName], types: Sequence[type]) -> list[Recorded]:
    return opened(wire.fetchall(_EACH, [[name.stream_id for name in names], stored_names(types)]))


def of_subject(subject: UUID, category: str, types: Sequence[type]) -> list[Recorded]:
    return opened(wire.fetchall(_OF_SUBJECT, [subject, category, stored_names(types)]))


def log(position: int, types: Sequence[type] | None, limit: int) -> list[Recorded]:
    if types is None:
        return opened(wire.fetchall(_LOG, [position, limit]))
    return opened(wire.fetchall(_LOG_OF, [position, stored_names(types), limit]))


def between(after: int, upto: int, names: Sequence[str]) -> list[Recorded]:
    """Sealed events of these stored type names at positions above `after`, up to `upto`.

    Whose keys were destroyed in any process reads as a Tombstone: what followers write down stays.
    """
    return opened(wire.fetchall(_BETWEEN, [after, upto, list(names)]), living=True)


def head() -> int:
    return int(wire.fetchall(_HEAD, [])[0][0])


def version_of(name: StreamName) -> int:
    rows = wire.fetchall(_VERSION, [name.stream_id])
    return int(rows[0][0]) if rows else 0


def version_after(name: StreamName, first_event: UUID, command_id: UUID) -> int | None:
    version: int | None = wire.fetchall(_VERSION_AFTER, [first_event, name.stream_id, command_id])[0][0]
    return version


def stored_names(types: Iterable[type]) -> list[str]:
    """Every name, old ones too, under which events of these classes are stored."""
    return [name for cls in types for name in upcast.stored_names(type_of(cls).name)]


def opened(rows: Sequence[tuple[Any, ...]], *, living: bool = False) -> list[Recorded]:
    """Rows of `_COLUMNS` as events, decrypted; `living`: with no key from the cache that was destroyed by now."""
    opener = Opener({row[6] for row in rows}, living=living)
    return [_recorded(row, opener) for row in rows]


def _recorded(row: tuple[Any, ...], opener: Opener) -> Recorded:
    place = EventHeader(*row[:11])
    ciphertext, position, category, entity_id = row[11:]
    return Recorded(
        event=opener.open(place, ciphertext),
        type=place.type,
        event_id=place.event_id,
        command_id=place.command_id,
        stream=StreamName(category, entity_id),
        version=place.version,
        subject=place.subject,
        recorded_at=place.recorded_at,
        actor_id=place.actor_id,
        actor_role=place.actor_role,
        position=position,
    )
