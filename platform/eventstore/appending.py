"""One batch into one stream: identified, sealed for its versions, handed to the database's own append."""

import uuid
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from eventstore import header, sealing, wire
from eventstore.actor import Actor
from eventstore.errors import SubjectDiffers, WrongExpectedVersion
from eventstore.event import blob_ids, type_of
from eventstore.stream import StreamName

_APPEND = """SELECT status, version FROM eventstore.append(
    %b::uuid, %b::text, %b::uuid, %b::uuid, %b::bigint, %b::uuid, %b::uuid, %b::text,
    %b::uuid[], %b::text[], %b::uuid[], %b::bytea[], %b::bytea[])"""
_LOCK = "SELECT eventstore.lock_stream(%b::uuid, %b::text, %b::uuid, %b::uuid)"


@dataclass(frozen=True, slots=True)
class Batch:
    """What one command appends to one stream."""

    stream: StreamName
    events: tuple[Any, ...]
    subject: UUID | None
    actor: Actor
    command_id: UUID


def event_id(stream: StreamName, command_id: UUID, index: int) -> UUID:
    """The same for each retry of a command; different for each stream that the command writes to."""
    return uuid.uuid5(command_id, f"{stream}/{index}")


def lock(batch: Batch) -> int:
    """Lock the stream's row until the transaction ends; gives its version (0 for a stream that this made)."""
    name = batch.stream
    ((version,),) = wire.fetchall(_LOCK, [name.stream_id, name.category, name.entity_id, batch.subject])
    return int(version)


def append_at(batch: Batch, expected: int) -> int:
    """Append after version `expected`; the new version, or that of the first time this command ran.

    Raises:
        WrongExpectedVersion: the stream is elsewhere; the caller's transaction goes on.
        SubjectDiffers: the stream is another's.
    """
    if not batch.events:
        return expected
    status, version = _call(batch, expected, *_sealed(batch, expected))
    if status == "conflict":
        raise WrongExpectedVersion(batch.stream, expected, version)
    if status == "subject_differs":
        raise SubjectDiffers(f"{batch.stream} belongs to another subject")
    return version


def _sealed(batch: Batch, expected: int) -> list[list[Any]]:
    """Event ids, types, key ids, blob ids and ciphertexts, one of each an event."""
    rows = [_seal_one(batch, index, expected + index + 1) for index in range(len(batch.events))]
    return [list(column) for column in zip(*rows, strict=True)]


def _seal_one(batch: Batch, index: int, version: int) -> tuple[UUID, str, UUID, bytes, bytes]:
    instance, stream_id = batch.events[index], batch.stream.stream_id
    kind = type_of(type(instance))
    key = sealing.key_for(kind, batch.subject)
    identity = event_id(batch.stream, batch.command_id, index)
    context = header.encryption_context(stream_id, version, kind.name, batch.subject, key.key_id, identity)
    blobs = b"".join(blob.bytes for blob in blob_ids(instance))
    return identity, kind.name, key.key_id, blobs, sealing.seal(kind, instance, key, context)


def _call(batch: Batch, expected: int, *columns: list[Any]) -> tuple[str, int]:
    name, actor = batch.stream, batch.actor
    head: list[Any] = [name.stream_id, name.category, name.entity_id, batch.subject, expected]
    ((status, version),) = wire.fetchall(_APPEND, [*head, batch.command_id, actor.id, actor.role, *columns])
    return status, version
