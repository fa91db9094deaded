"""What other apps hang on the live socket: kinds of message they answer, events they show, and progress they tell.

``sessions`` knows none of them. They register in their ``AppConfig.ready``; afterwards the registers only are read.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.sessions.events import SESSION
from apps.sessions.telling import tell
from eventstore.actor import Actor
from eventstore.recorded import Recorded
from eventstore.stream import StreamName

__all__ = [
    "SocketContext",
    "SocketRefusal",
    "register_category",
    "register_durable",
    "register_message",
    "tell",
]

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SocketContext:
    """Whose message it is. The patient is the actor: nobody else holds a session's socket."""

    actor: Actor
    session_id: UUID
    patient_id: UUID


class SocketRefusal(Exception):
    """The rules say no to a message; the client is told ``code`` and ``detail``, and nothing is written."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


Handler = Callable[[SocketContext, Body, UUID], None]
Render = Callable[[Any, Recorded], Body | None]
Entities = Callable[[UUID], Iterable[UUID]]

_handlers: dict[str, Handler] = {}
_renders: dict[type, Render] = {}
_categories: dict[str, Entities] = {}


class AlreadyRegistered(Exception):
    """Two apps claim one kind of message or one event: a fault in the program."""


def register_message(kind: str, handler: Handler) -> None:
    """Answer messages of ``kind``. The handler runs in a thread, inside ``asking(actor)``; ``done`` is sent after its
    commit. It is given the same command id when a message is repeated and must then write nothing twice."""
    if _handlers.setdefault(kind, handler) is not handler:
        raise AlreadyRegistered(kind)


def register_durable(event_type: type, render: Render) -> None:
    """Send events of this type to the client, in log order, as ``render`` says (None: this one is not shown)."""
    if _renders.setdefault(event_type, render) is not render:
        raise AlreadyRegistered(event_type.__name__)


def register_category(category: str, entities: Entities | None = None) -> None:
    """Follow a session's streams of this category, too: ``<category>-<session id>``, or those of the ids that
    ``entities`` gives for it. It asks nobody: a session's streams are known before they are written."""
    _categories.setdefault(category, entities or _itself)


def _itself(session_id: UUID) -> tuple[UUID]:
    return (session_id,)


register_category(SESSION)


def handler_for(kind: str) -> Handler | None:
    """Who answers messages of this kind."""
    return _handlers.get(kind)


def render(recorded: Recorded) -> Body | None:
    """The message for a recorded event; None where nobody shows such events, or this one's subject was erased."""
    show = _renders.get(type(recorded.event))
    return show(recorded.event, recorded) if show else None


def shown_types() -> tuple[type, ...]:
    """The event types that clients are shown."""
    return tuple(_renders)


def streams_of(session_id: UUID) -> Iterator[StreamName]:
    """The streams whose events the client of this session may see."""
    return (StreamName(category, one) for category, entities in _categories.items() for one in entities(session_id))
