"""Joins the sockets of one web process to Valkey's answers, the log's news and the clock.

One of each loop a process, not a socket: fifty sessions cost one subscription, one look at the log a tenth of a second.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Protocol
from uuid import UUID
from weakref import WeakKeyDictionary

from django.conf import settings

from apps.sessions import mailbox, socket
from apps.sessions.faults import named
from apps.sessions.follower import Follower
from apps.sessions.wire import Away, Wire
from eventstore.recorded import Recorded
from eventstore.stream import StreamName

logger = logging.getLogger(__name__)

BEAT_S = 0.1
WATCH_S = 2.0
REST_S = 0.5
"""After a loop failed, before it goes on."""


class Line(Protocol):
    """A socket as the switchboard knows it."""

    session_id: UUID
    token: str

    async def on_reading(self, sealed: bytes) -> None: ...
    async def on_told(self, sealed: bytes) -> None: ...
    async def on_news(self, news: Sequence[Recorded]) -> None: ...
    async def on_displaced(self) -> None: ...
    async def on_beat(self, now: float) -> None: ...
    async def on_watch(self) -> None: ...


class Switchboard:
    """All open sockets of one event loop, at most one a session."""

    def __init__(self) -> None:
        self.wire = Wire(settings.ATTUNE_REDIS_URL)
        self._lines: dict[UUID, Line] = {}
        self._of: dict[StreamName, UUID] = {}  # whose session's streams are followed
        self._follower = Follower()
        self._loops: list[asyncio.Task[None]] = []

    async def join(self, line: Line) -> None:
        """Connect a socket; another one that held the session is told and dropped."""
        before = self._lines.get(line.session_id)
        self._lines[line.session_id] = line
        self._of |= dict.fromkeys(socket.streams_of(line.session_id), line.session_id)
        if not self._loops:
            steps = (self._listen, self._follow, self._beat, self._watch)
            self._loops = [asyncio.create_task(_forever(step)) for step in steps]
        if before is not None:
            await before.on_displaced()
        with suppress(Away):
            elsewhere = await self.wire.claim(line.session_id, line.token)
            if elsewhere is not None:
                await self.wire.displace(line.session_id, elsewhere)
        await self._follower.begin()

    async def weights(self) -> str | None:
        """What the workers read with; None while nobody can say."""
        with suppress(Away):
            return await self.wire.weights()
        return None

    async def leave(self, line: Line) -> None:
        """Disconnect a socket."""
        if self._lines.get(line.session_id) is not line:
            return
        del self._lines[line.session_id]
        for stream in socket.streams_of(line.session_id):
            self._of.pop(stream, None)
        with suppress(Away):
            await self.wire.release(line.session_id, line.token)

    async def close(self) -> None:
        """Stop everything; for tests and shutdown."""
        for task in self._loops:
            task.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._loops = []
        await self.wire.close()

    async def _listen(self) -> None:
        async for published in self.wire.answers():
            kind, session_id, content = mailbox.deliver(published)
            line = self._lines.get(session_id)
            if line is None:
                continue
            if kind == mailbox.READING:
                await line.on_reading(content)
            elif kind == mailbox.TOLD:
                await line.on_told(content)
            elif kind == mailbox.DISPLACED and content.decode() == line.token:
                await line.on_displaced()

    async def _follow(self) -> None:
        await asyncio.sleep(BEAT_S)
        if not self._lines:
            self._follower.pause()
            return
        news_of: dict[UUID, list[Recorded]] = {}
        for recorded in await self._follower.news():
            if recorded.stream in self._of:
                news_of.setdefault(self._of[recorded.stream], []).append(recorded)
        for session_id, news in news_of.items():
            line = self._lines.get(session_id)
            if line is not None:
                await line.on_news(news)

    async def _beat(self) -> None:
        await asyncio.sleep(BEAT_S)
        now = time.monotonic()
        for line in list(self._lines.values()):
            await line.on_beat(now)

    async def _watch(self) -> None:
        await asyncio.sleep(WATCH_S)
        for line in list(self._lines.values()):
            await line.on_watch()
            with suppress(Away):
                if not await self.wire.renew(line.session_id, line.token):
                    await line.on_displaced()


async def _forever(step: Callable[[], Awaitable[None]]) -> None:
    """Repeat a step; one that fails is named in the log, never with its message, and tried again."""
    while True:
        try:
            await step()
        except Exception as error:  # noqa: BLE001  (one broken step must not silence all sockets of the process)
            logger.warning("%s failed: %s", getattr(step, "__name__", "step"), named(error))
            await asyncio.sleep(REST_S)


_boards: WeakKeyDictionary[asyncio.AbstractEventLoop, Switchboard] = WeakKeyDictionary()


def switchboard() -> Switchboard:
    """The running loop's switchboard."""
    loop = asyncio.get_running_loop()
    if loop not in _boards:
        _boards[loop] = Switchboard()
    return _boards[loop]
