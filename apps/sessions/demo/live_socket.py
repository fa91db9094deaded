"""A client of the live socket, as the page's script is one: keeps the window, numbers frames, resends what it must."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from apps.sessions.demo.browser import Browser
from apps.sessions.pacing import MOST_UNANSWERED
from apps.sessions.protocol import SUBPROTOCOL, pack_frame

Message = dict[str, Any]
ANSWER_S = 30.0


class LiveSocket:
    """One open socket. ``heard`` is called with each message as it comes.

    async with LiveSocket(browser, session_id, heard=print) as socket:
        await socket.frame(jpeg, at_ms=1200)
        await socket.tell("mood", valence=2)
    """

    def __init__(
        self,
        browser: Browser,
        session_id: UUID,
        *,
        after: int | None = None,
        heard: Callable[[Message], None] = lambda _: None,
    ) -> None:
        self._browser, self._session_id, self._after, self._heard = browser, session_id, after, heard
        self._connection: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._answers: dict[str, asyncio.Future[Message]] = {}
        self.sent_at: dict[int, float] = {}  # frames that stand unanswered, by sequence
        self.sequence = 0
        self.frames_sent = 0
        self.last_n = after or 0
        self.pace: Message = {"max_fps": 5.0, "width": 640, "quality": 0.8}
        self.ready = asyncio.Event()
        self.closed: int | None = None
        self.reason = ""

    async def __aenter__(self) -> Self:
        self._connection = await connect(
            self._browser.socket_url(self._session_id, self._after),
            additional_headers=self._browser.socket_headers(),
            subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]  # a NewType of str
            max_size=2**20,
            proxy=None,
        )
        self._reader = asyncio.create_task(self._read(self._connection))
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._connection is not None:
            await self._connection.close()
        if self._reader is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader

    async def _read(self, connection: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in connection:
                self._take(json.loads(text))
        self.closed, self.reason = connection.close_code, connection.close_reason or ""
        self.ready.set()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_result({"type": "error", "code": "closed", "detail": str(self.closed)})

    def _take(self, message: Message) -> None:
        self.last_n = max(self.last_n, message.get("n", 0))
        if message["type"] == "emotion":
            self._answered(message)
        elif message["type"] in ("done", "error") and message.get("id") in self._answers:
            self._answers.pop(message["id"]).set_result(message)
        elif message["type"] == "pace":
            self.pace = message
        elif message["type"] == "ready":
            self.pace = message["pace"]
            self.ready.set()
        self._heard(message)

    def _answered(self, message: Message) -> None:
        sent = self.sent_at.get(message["seq"])
        if sent is not None:
            message["round_trip_ms"] = round((time.monotonic() - sent) * 1000, 1)
        self.sent_at = {number: when for number, when in self.sent_at.items() if number > message["seq"]}

    @property
    def may_send(self) -> bool:
        """Whether the window has room for another frame."""
        return self.closed is None and len(self.sent_at) < MOST_UNANSWERED

    async def frame(self, jpeg: bytes, *, at_ms: int) -> int:
        """Send a frame; gives its sequence number. Ask ``may_send`` first."""
        self.sequence += 1
        self.sent_at[self.sequence] = time.monotonic()
        await self.send(pack_frame(self.sequence, at_ms, jpeg))
        self.frames_sent += 1
        return self.sequence

    async def tell(self, kind: str, *, message_id: str | None = None, **body: Any) -> Message:
        """Send a message and wait for its answer, ``done`` or ``error``."""
        identity = message_id or str(uuid4())
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._answers[identity] = answer
        await self.send(json.dumps({"type": kind, "id": identity, **body}))
        return await asyncio.wait_for(answer, ANSWER_S)

    async def send(self, data: bytes | str) -> None:
        """Send something as it is. What the socket closed under is lost, as it would be for a page."""
        if self._connection is not None:
            with contextlib.suppress(ConnectionClosed):
                await self._connection.send(data)

    async def wait_closed(self, timeout_s: float = 10.0) -> int | None:
        """The close code, once the server has closed."""
        if self._reader is not None:
            await asyncio.wait_for(asyncio.shield(self._reader), timeout_s)
        return self.closed
