"""The log's front door: append to streams, read them, read the log.

    store.append(stream, events, expected=7, actor=actor, command_id=command_id)

Appending joins the caller's transaction, if one is open, and holds the stream's row until that ends.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from eventstore import appending, reading, streams
from eventstore.actor import Actor
from eventstore.recorded import Recorded, Tombstone
from eventstore.stream import StreamName
from eventstore.streams import register_system_category

Append = tuple[StreamName, Sequence[Any], int | None, UUID | None]


def append(
    stream: StreamName,
    events: Sequence[Any],
    *,
    expected: int | None,
    actor: Actor,
    command_id: UUID,
    subject: UUID | None = None,
) -> int:
    """Append to a stream that is at version `expected` (0: new). Returns its new version.

    expected=None appends whatever the version is (observations). A command_id that this stream knows returns the first
    result's version and writes nothing. `subject`, the patient, is needed at a stream's first event only.

    Raises:
        WrongExpectedVersion: someone wrote first; reload and retry.
        KeyUnavailable, OperationalError: retry with the same command_id.
        SubjectErased, SubjectUnknown, SubjectDiffers, SubjectMissing, EventMalformed: retrying won't help.
    """
    subject = streams.subject_of(stream, subject)
    batch = appending.Batch(stream, tuple(events), subject, actor, command_id)
    if expected is not None:
        return appending.append_at(batch, expected)
    with transaction.atomic():
        return appending.append_at(batch, appending.lock(batch))


def append_many(appends: Sequence[Append], *, actor: Actor, command_id: UUID) -> dict[StreamName, int]:
    """Append to several streams, all or none; each (stream, events, expected, subject). Returns the new versions.

    Streams are locked in the order of their ids, so that two such appends never deadlock. Raises as `append`.
    """
    ordered = sorted(appends, key=lambda one: one[0].stream_id)
    with transaction.atomic():
        return {
            stream: append(stream, events, expected=expected, actor=actor, command_id=command_id, subject=subject)
            for stream, events, expected, subject in ordered
        }


def read(stream: StreamName, *, after: int = 0) -> list[Recorded]:
    """The stream's events of a version above `after`, in order. Erased content reads as a Tombstone.

    Raises:
        UnknownEventType, Tampered: retrying won't help. KeyUnavailable: retry.
    """
    return reading.stream(stream, after)


def read_from(position: int, *, types: Sequence[type] | None = None, limit: int = 500) -> list[Recorded]:
    """Sealed events above a position, in the log's order; of these event classes only, if given. Raises as `read`."""
    return reading.log(position, types, limit)


def read_streams(names: Sequence[StreamName], after_position: int) -> list[Recorded]:
    """Sealed events of these streams above a position, in the log's order. Raises as `read`."""
    return reading.streams(names, after_position)


def read_each(names: Collection[StreamName], *, types: Sequence[type]) -> list[Recorded]:
    """The events of these classes in several streams, as written, in one query for all; those that are not sealed yet,
    too. Raises as `read`.
    """
    return reading.each(names, types) if names else []


def read_of(subject: UUID, category: str, *, types: Sequence[type]) -> list[Recorded]:
    """A subject's events of these classes from all their streams of a category, as written; those that are not sealed
    yet, too. For rules that must count at once, wherever they were said. Raises as `read`.
    """
    return reading.of_subject(subject, category, types)


def head() -> int:
    """The last sealed position; a follower that stands there has nothing to read."""
    return reading.head()


def version_of(stream: StreamName) -> int:
    """The stream's present version; 0 for one that does not exist."""
    return reading.version_of(stream)


def done(stream: StreamName, command_id: UUID) -> int | None:
    """The version that a command took this stream to, if it ever ran: ask before deciding anew on a retry."""
    return reading.version_after(stream, appending.event_id(stream, command_id, 0), command_id)


__all__ = [
    "Recorded",
    "Tombstone",
    "append",
    "append_many",
    "done",
    "head",
    "read",
    "read_each",
    "read_from",
    "read_of",
    "read_streams",
    "register_system_category",
    "version_of",
]
