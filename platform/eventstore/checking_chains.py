"""Verifying streams: every digest, header, chain hash and leaf made again from the stored bytes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from eventstore import header, wire
from eventstore.findings import Problem
from eventstore.header import EventHeader
from eventstore.stream import StreamName

_EVENTS = """SELECT e.stream_id, e.version, e.event_id, e.command_id, e.type, e.subject_id, e.key_id, e.actor_id,
        e.actor_role, e.recorded_at, e.blobs, e.ciphertext, e.ct_digest, e.hash, p.position, p.leaf,
        p.stream_id IS NOT DISTINCT FROM e.stream_id AND p.version IS NOT DISTINCT FROM e.version
    FROM eventstore.event e LEFT JOIN eventstore.log_position p USING (seq) ORDER BY e.stream_id, e.version"""
_STREAMS = "SELECT stream_id, category, entity_id, subject_id, version, head FROM eventstore.stream"


@dataclass(frozen=True, slots=True)
class Checked:
    """An event whose hashes were made again: what the later checks need of it."""

    name: StreamName | None
    place: EventHeader
    position: int | None


@dataclass(slots=True)
class _Stream:
    name: StreamName
    subject: UUID | None
    version: int
    head: bytes


@dataclass(slots=True)
class _Walk:
    """Where the walk along one stream stands."""

    version: int = 0
    head: bytes = header.GENESIS


@dataclass(slots=True)
class Chains:
    """Walks all streams in order. Iterate `check()` to its end; `problems` then holds what was found."""

    problems: list[Problem] = field(default_factory=list)
    _streams: dict[UUID, _Stream] = field(default_factory=dict)

    def check(self) -> Iterator[Checked]:
        self._load_streams()
        walked: UUID | None = None
        walk = _Walk()
        for row in wire.stream(_EVENTS):
            if row[0] != walked:
                self._end(walked, walk)
                walked, walk = row[0], _Walk()
            yield self._event(row, walk)
        self._end(walked, walk)
        for known in self._streams.values():
            if known.version:
                self._report("stream_missing", known.name, known.version, None, "the stream has no events")

    def _load_streams(self) -> None:
        for stream_id, category, entity_id, subject, version, head in wire.stream(_STREAMS):
            name = StreamName(category, entity_id)
            self._streams[stream_id] = _Stream(name, subject, version, head)
            if name.stream_id != stream_id:
                self._report("stream_renamed", name, None, None, "the stream's id is not that of its name")

    def _event(self, row: tuple[Any, ...], walk: _Walk) -> Checked:
        place = EventHeader(*row[:11])
        ciphertext, digest, stored_hash, position, leaf, placed = row[11:]
        known = self._streams.get(place.stream_id)
        name = known.name if known else None
        if hashlib.sha256(ciphertext).digest() != digest:
            self._report("ciphertext_changed", name, place.version, position, "the sealed bytes have another digest")
        made = header.chain_hash(walk.head, place.to_bytes(), digest)
        if place.version != walk.version + 1:
            self._report("version_gap", name, place.version, position, f"follows version {walk.version}")
        if made != stored_hash:
            self._report("chain_broken", name, place.version, position, "the header or what precedes it was changed")
        if known and place.subject != known.subject:
            self._report("subject_changed", name, place.version, position, "the stream names another subject")
        if position is not None and not (placed and header.leaf(position, made) == leaf):
            self._report("leaf_changed", name, place.version, position, "the leaf is not this event's at this position")
        # Go on from the stored hash: one changed event is one problem, not one for each that follows.
        walk.version, walk.head = place.version, stored_hash
        return Checked(name, place, position)

    def _end(self, stream_id: UUID | None, walk: _Walk) -> None:
        if stream_id is None:
            return
        known = self._streams.pop(stream_id, None)
        if known is None:
            self._report("stream_missing", None, walk.version, None, f"no stream {stream_id}")
        elif (known.version, known.head) != (walk.version, walk.head):
            detail = f"the stream's row says version {known.version}; its events end at {walk.version}"
            self._report("head_differs", known.name, walk.version, None, detail)

    def _report(self, kind: str, name: StreamName | None, version: int | None, position: int | None, why: str) -> None:
        self.problems.append(Problem(kind, str(name) if name else None, version, position, why))
