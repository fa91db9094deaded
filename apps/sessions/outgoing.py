"""Numbers what goes out. A durable message's ``n`` follows from its position in the log, so that a client can ask for
what came after it, from any process, and nothing has to be buffered."""

import json
from collections.abc import Awaitable, Callable, Sequence

from apps.sessions import socket
from apps.sessions.socket import Body
from eventstore.recorded import Recorded

COUNTER_BITS = 20
"""Of ``n``: room for a million passing messages between two durable ones. The position stands above them."""


def position_of(n: int) -> int:
    """The log position that a message's ``n`` stands after."""
    return n >> COUNTER_BITS


def first_n(history: Sequence[Recorded], after: int | None) -> int:
    """Where a client's numbers begin: at what it has seen, but never above what can have been sent to anybody.

    Without ``after`` it has seen nothing since the session's opening.
    """
    positions = [recorded.position for recorded in history if recorded.position is not None]
    if after is None:
        return min(positions, default=0) << COUNTER_BITS
    return min(after, ((max(positions, default=0) + 1) << COUNTER_BITS) - 1)


class Outgoing:
    """One client's outgoing messages, in growing order of ``n``."""

    def __init__(self, send: Callable[[str], Awaitable[None]], after: int) -> None:
        self._send = send
        self._n = after
        self.has_told_the_end = False

    @property
    def position(self) -> int:
        """Durable messages up to this log position were sent."""
        return position_of(self._n)

    async def passing(self, body: Body) -> None:
        """Send a message that a reconnecting client need not see again."""
        self._n += 1
        await self._send(_encoded(body, self._n))

    async def durable(self, news: Sequence[Recorded], *, replayed: bool = False) -> None:
        """Send what the log says; what was sent before is passed over."""
        for recorded in news:
            if recorded.position is None or recorded.position <= self.position:
                continue
            body = socket.render(recorded)
            if body is None:
                continue
            self._n = recorded.position << COUNTER_BITS
            self.has_told_the_end |= body["type"] == "closed"
            again = {"replayed": True} if replayed else {}
            await self._send(_encoded({**body, **again}, self._n))


def _encoded(body: Body, n: int) -> str:
    return json.dumps({**body, "n": n}, separators=(",", ":"), allow_nan=False)
