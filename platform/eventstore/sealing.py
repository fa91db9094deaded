"""A payload in and out of its envelope: packed, padded, sealed for its place."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from eventstore import header, upcast
from eventstore.event import EventType
from eventstore.recorded import Tombstone
from vault import envelope, keys
from vault.envelope import DataKey


def key_for(kind: EventType, subject: UUID | None) -> DataKey:
    """The key that an event of this type is sealed under in a stream of this subject (see `vault.keys`)."""
    return keys.for_sealing(None if kind.system_key else subject)


def seal(kind: EventType, instance: Any, key: DataKey, context: bytes) -> bytes:
    return envelope.seal(key, envelope.pad(kind.codec.pack(instance)), context)


class Opener:
    """Opens the events of one batch, with one query for all its keys. `living`: no key that was destroyed by now."""

    def __init__(self, key_ids: Collection[UUID], *, living: bool = False) -> None:
        self._keys = keys.find_living(set(key_ids)) if living else keys.find(set(key_ids))
        self._reasons: dict[UUID | None, str] = {}

    def open(self, place: header.EventHeader, ciphertext: bytes) -> Any:
        """The event, in its current shape, or a Tombstone where its key is no more.

        Raises:
            Tampered, UnknownEventType, EventMalformed: retrying won't help.
        """
        key = self._keys.get(place.key_id)
        if key is None:
            return Tombstone(self._reason(place.subject))
        context = header.encryption_context(
            place.stream_id, place.version, place.type, place.subject, place.key_id, place.event_id
        )
        return upcast.decode(place.type, envelope.unpad(envelope.open_envelope(key, ciphertext, context)))

    def _reason(self, subject: UUID | None) -> str:
        if subject not in self._reasons:
            erased = subject is not None and keys.is_erased(subject)
            self._reasons[subject] = "erased" if erased else "key_lost"
        return self._reasons[subject]
