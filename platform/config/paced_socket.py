"""Daphne's WebSocket with back-pressure both ways; as it comes, one slow consumer or reader can take all memory.

- Inbound: at `QUEUE_LIMIT` messages that the application hasn't taken, reading stops until half of them are; TCP then
  slows the sender down.
- A message over the limit closes the socket with 4413; its remaining bytes are thrown away as they come.
- Outbound: a client that doesn't read is dropped when it is behind by `UNSENT_LIMIT` bytes or for `STALLED_S`.
"""

import time
from typing import Any

from daphne.ws_protocol import WebSocketProtocol
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

QUEUE_LIMIT = 8
UNSENT_LIMIT = 256 * 1024
STALLED_S = 15.0
TOO_LARGE = 4413


@implementer(IPushProducer)
class Outflow:
    """What the transport tells about its own buffer: full (64 KiB waiting) or drained again."""

    def __init__(self) -> None:
        self.full_since: float | None = None
        self.unsent = 0

    def pauseProducing(self) -> None:  # noqa: N802  (Twisted's name)
        if self.full_since is None:
            self.full_since = time.monotonic()

    def resumeProducing(self) -> None:  # noqa: N802  (Twisted's name)
        self.full_since = None
        self.unsent = 0

    def stopProducing(self) -> None:  # noqa: N802  (Twisted's name)
        self.resumeProducing()

    def add(self, size: int) -> bool:
        """Count what is sent into a full buffer. False if that is more than a reader may be behind."""
        if self.full_since is None:
            return True
        self.unsent += size
        return self.unsent <= UNSENT_LIMIT

    def stalled(self) -> bool:
        return self.full_since is not None and time.monotonic() - self.full_since > STALLED_S


class PacedSocket(WebSocketProtocol):  # type: ignore[misc]  # daphne has no types
    """One client's socket. The server tells it when the application takes a message (`message_taken`)."""

    reading_paused = False

    def onConnect(self, request: Any) -> Any:  # noqa: N802  (Autobahn's name)
        self.outflow = Outflow()
        # Daphne leaves the HTTP channel in this place, which answers a full buffer by not reading: a deadlock.
        self.transport.unregisterProducer()
        self.transport.registerProducer(self.outflow, True)  # noqa: FBT003  (Twisted takes it by position)
        return super().onConnect(request)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803  (Autobahn's names)
        super().onMessage(payload, isBinary)
        if not self.reading_paused and self.application_queue.qsize() >= QUEUE_LIMIT:
            self.reading_paused = True
            self.transport.pauseProducing()

    def processData(self) -> bool:  # noqa: N802  (Autobahn's name)
        """Leave what was read already where it is while paused."""
        return False if self.reading_paused else bool(super().processData())

    def message_taken(self) -> None:
        if self.reading_paused and self.application_queue.qsize() <= QUEUE_LIMIT // 2:
            self.reading_paused = False
            self.transport.resumeProducing()
            self.consumeData()

    def _max_message_size_exceeded(self, msg_size: int, max_msg_size: int, reason: str) -> None:
        self._fail_connection(TOO_LARGE, "too large")

    def sendMessage(self, payload: bytes, *args: Any, **kwargs: Any) -> None:  # noqa: N802  (Autobahn's name)
        if self.state != self.STATE_OPEN:
            return
        if self.outflow.add(len(payload)):
            super().sendMessage(payload, *args, **kwargs)
        else:
            self._give_up_on_reader()

    def check_timeouts(self) -> None:
        super().check_timeouts()
        if self.state == self.STATE_OPEN and self.outflow.stalled():
            self._give_up_on_reader()

    def _give_up_on_reader(self) -> None:
        self.wasClean = False
        self.wasNotCleanReason = "the client doesn't read"
        self.dropConnection(abort=True)
