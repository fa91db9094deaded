"""Follows the sealed log for the sockets of one process: what is new."""

from uuid import UUID

from access.context import asking
from apps.sessions import socket
from apps.sessions.threads import in_thread
from eventstore import store
from eventstore.actor import Actor
from eventstore.recorded import Recorded

BATCH = 500
FOLLOWER = Actor.system("sessions.follower")
News = list[Recorded]


class Follower:
    """Where the process stands in the log; nowhere while it has no sockets."""

    def __init__(self) -> None:
        self._position: int | None = None

    def pause(self) -> None:
        """Stop following; nobody listens."""
        self._position = None

    async def begin(self) -> None:
        """Follow from now on. What was sealed before is read by each socket for itself."""
        if self._position is None:
            head = await in_thread(store.head)
            self._position = head if self._position is None else self._position

    async def news(self) -> News:
        """What was sealed since the last call, of the kinds that sockets show; in the log's order, of anybody."""
        if self._position is None:
            return []
        position, found = await in_thread(_since, self._position)
        self._position = position
        return found


def _since(position: int) -> tuple[int, News]:
    head = store.head()
    if head <= position:
        return position, []
    with asking(FOLLOWER, route="follower"):
        events = store.read_from(position, types=socket.shown_types(), limit=BATCH)
    full = len(events) == BATCH
    return (events[-1].position or position) if full else head, events


def missed(session_id: UUID, position: int) -> list[Recorded]:
    """What one session's streams say above a position: blocking, for a thread."""
    with asking(FOLLOWER, route="follower"):
        return store.read_streams(tuple(socket.streams_of(session_id)), position)
