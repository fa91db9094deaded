"""An event as the log holds it: what happened, with its header."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from eventstore.stream import StreamName


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Stands where an event's content was: its key was destroyed ("erased") or is gone ("key_lost")."""

    reason: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """`position` is None until the sealer has given one, moments after the commit."""

    event: Any
    type: str
    event_id: UUID
    command_id: UUID
    stream: StreamName
    version: int
    subject: UUID | None
    recorded_at: datetime
    actor_id: UUID
    actor_role: str
    position: int | None
