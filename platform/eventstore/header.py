"""The frozen bytes: an event's header, its hash in the stream's chain, its leaf in the tree, its encryption context.

Frozen means: the log's hashes are over these bytes, so a change needs a new domain string and both ways of reading.
sql/header.sql and sql/leaf.sql build the same; tests pin both with vectors.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from vault import aad

GENESIS = bytes(32)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EVENT, _LEAF = b"attune.event.v1", b"attune.leaf.v1"


@dataclass(frozen=True, slots=True)
class EventHeader:
    """What stands in the clear of an event, all of it under the chain's hash."""

    stream_id: UUID
    version: int
    event_id: UUID
    command_id: UUID
    type: str
    subject: UUID | None
    key_id: UUID
    actor_id: UUID
    actor_role: str
    recorded_at: datetime
    blobs: bytes

    def to_bytes(self) -> bytes:
        """Domain, then each field as length (4 bytes, big-endian) ‖ bytes; time is microseconds since 1970 UTC."""
        fields = (
            self.stream_id.bytes,
            self.version.to_bytes(8, "big"),
            self.event_id.bytes,
            self.command_id.bytes,
            self.type.encode(),
            self.subject.bytes if self.subject else b"",
            self.key_id.bytes,
            self.actor_id.bytes,
            self.actor_role.encode(),
            ((self.recorded_at - _EPOCH) // _MICROSECOND).to_bytes(8, "big", signed=True),
            self.blobs,
        )
        return _EVENT + b"".join(len(field).to_bytes(4, "big") + field for field in fields)


def chain_hash(previous: bytes, header_bytes: bytes, ciphertext_digest: bytes) -> bytes:
    """The stream's new head. Over the ciphertext's digest, so that the chain outlives the content."""
    return hashlib.sha256(previous + header_bytes + ciphertext_digest).digest()


def leaf(position: int, event_hash: bytes) -> bytes:
    """RFC 6962 leaf hash of an event at its position in the log."""
    return hashlib.sha256(b"\x00" + _LEAF + position.to_bytes(8, "big") + event_hash).digest()


def encryption_context(
    stream_id: UUID, version: int, type_: str, subject: UUID | None, key_id: UUID, event_id: UUID
) -> bytes:
    """The AAD of an event's payload: it opens at this place in this stream and nowhere else."""
    return aad.encode("attune.event.v1", stream_id, version, type_, subject, key_id, event_id)
