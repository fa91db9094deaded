"""Writes the access trail: one event a request, on the stream of whoever asked."""

from collections.abc import Sequence
from uuid import UUID, uuid5

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
    """Reading the trail is itself on the trail, once a request for each patient whom the reading singles out.

    Under an id of its own, since the request may have opened records as well.
    """
    _append(actor, reading, uuid5(reading.request_id, f"trail:{reading.filter_patient}"))


def _append(actor: Actor, fact: RecordsAsked | TrailRead, command_id: UUID) -> None:
    # A stream for each who asks, so that readers don't queue on one; under the system's key, for it names many.
    store.append(StreamName("access", actor.id), [fact], expected=None, actor=actor, command_id=command_id)
