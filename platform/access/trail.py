"""Writes the access trail: one event a request, on the stream of whoever asked."""

from collections.abc import Sequence
from uuid import UUID

from access.events import Opening, RecordsAsked, TrailRead
from eventstore import store
from eventstore.actor import Actor
from eventstore.stream import StreamName


def write(actor: Actor, *, request_id: UUID, route: str, openings: Sequence[Opening]) -> None:
    """Append one event naming each opening once. A request without openings leaves none."""
    if not openings:
        return
    asked = RecordsAsked(request_id=request_id, route=route, openings=tuple(dict.fromkeys(openings)))
    _append(actor, asked, request_id)


def write_reading(actor: Actor, reading: TrailRead) -> None:
    """Reading the trail is itself on the trail."""
    _append(actor, reading, reading.request_id)


def _append(actor: Actor, fact: RecordsAsked | TrailRead, request_id: UUID) -> None:
    # A stream for each who asks, so that readers don't queue on one; under the system's key, for it names many.
    store.append(StreamName("access", actor.id), [fact], expected=None, actor=actor, command_id=request_id)
