"""Who is asking: one transaction a request, in which the database knows the asker and the trail is written last."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.db import connection, transaction

from access import trail
from access.events import Opening
from eventstore.actor import Actor


class WrongAsker(Exception):
    """The door was opened for another actor than the one this request is from."""


@dataclass(slots=True)
class Inquiry:
    """One request, message or task of one actor (None: nobody signed in), and the patients it reached for so far."""

    actor: Actor | None
    request_id: UUID
    route: str
    openings: list[Opening] = field(default_factory=list)


# A context variable, so that consumers and threads of one process never see each other's asker.
_current: ContextVar[Inquiry | None] = ContextVar("attune_inquiry", default=None)


def current() -> Inquiry | None:
    return _current.get()


def current_actor() -> Actor | None:
    inquiry = _current.get()
    return inquiry.actor if inquiry else None


@contextmanager
def asking(actor: Actor | None, *, route: str = "", request_id: UUID | None = None) -> Iterator[Inquiry]:
    """Everything inside is one transaction on this actor's behalf. Within another `asking` of the same actor, joins it.

    The trail is written inside the transaction, so that nothing commits unless it does; where the work was rolled
    back, in one of its own, because that someone asked stays true.

    Args:
        route: the URL's or socket's name, for the trail.
        request_id: ours, never the client's: it is the trail's command id, and a repeated one would hide a reading.

    Raises:
        WrongAsker: nested in another actor's.
    """
    outer = _current.get()
    if outer is not None:
        _same(outer, actor)
        yield outer
        return
    inquiry = Inquiry(actor, request_id or uuid4(), route)
    token = _current.set(inquiry)
    try:
        with transaction.atomic():
            _name_asker(actor)
            yield inquiry
            if not transaction.get_rollback():
                _write_trail(inquiry)
    finally:
        _current.reset(token)
        if inquiry.openings:
            with transaction.atomic():
                _name_asker(actor)
                _write_trail(inquiry)


def note(actor: Actor, *openings: Opening) -> None:
    """Put openings on the trail: at the end of the current request, or at once where there is none.

    Raises:
        WrongAsker: the current request is another actor's.
    """
    inquiry = _current.get()
    if inquiry is None:
        with asking(actor, route="outside a request") as inquiry:
            inquiry.openings.extend(openings)
        return
    _same(inquiry, actor)
    inquiry.openings.extend(openings)


def _same(inquiry: Inquiry, actor: Actor | None) -> None:
    if inquiry.actor != actor:
        raise WrongAsker("one request, one actor")


def _name_asker(actor: Actor | None) -> None:
    """For row-level security; local to the transaction, so that a pooled connection forgets."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('attune.actor', %s, true), set_config('attune.role', %s, true)",
            [str(actor.id) if actor else "", actor.role if actor else ""],
        )


def _write_trail(inquiry: Inquiry) -> None:
    if inquiry.actor is not None:
        trail.write(inquiry.actor, request_id=inquiry.request_id, route=inquiry.route, openings=inquiry.openings)
    inquiry.openings.clear()
