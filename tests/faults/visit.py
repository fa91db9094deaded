"""A patient of the demonstration with a session on the live stack, and what the log holds of it."""

import asyncio
import json
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import psycopg

from apps.sessions.demo.browser import Browser
from apps.sessions.demo.clip import Clip, encode
from apps.sessions.demo.live_socket import LiveSocket, Message
from devstack.live import LiveStack


@dataclass(slots=True)
class Visit:
    """One session. ``told`` are the ids that the server has answered with `done`."""

    stack: LiveStack
    browser: Browser
    session_id: UUID
    heard: list[Message] = field(default_factory=list)
    told: set[UUID] = field(default_factory=set)

    @asynccontextmanager
    async def socket(self, *, after: int | None = None) -> AsyncIterator[LiveSocket]:
        async with LiveSocket(self.browser, self.session_id, after=after, heard=self.heard.append) as socket:
            await asyncio.wait_for(socket.ready.wait(), 30)
            yield socket

    async def tell(self, socket: LiveSocket, kind: str, *, again: UUID | None = None, **body: Any) -> Message:
        """`again` is the id of a message that was not answered with `done`."""
        message_id = again or uuid4()
        answer = await socket.tell(kind, message_id=str(message_id), **body)
        if answer["type"] == "done":
            self.told.add(message_id)
        return answer

    async def until(self, kind: str, *, timeout_s: float, more_than: int = 0) -> list[Message]:
        """All messages of a kind, once there are more than so many."""
        async with asyncio.timeout(timeout_s):
            while len(found := self.of(kind)) <= more_than:
                await asyncio.sleep(0.05)
        return found

    def of(self, kind: str) -> list[Message]:
        return [message for message in self.heard if message["type"] == kind]

    def times_recorded(self) -> dict[UUID, int]:
        """For each acknowledged message, how many streams' first events carry it: one is right."""
        commands = {uuid5(self.session_id, str(one)): one for one in self.told}
        query = (
            "SELECT command_id, count(DISTINCT event_id) FILTER (WHERE type NOT LIKE 'session.shift%%') "
            "FROM eventstore.event WHERE command_id = ANY(%s) GROUP BY command_id"
        )
        rows = self.rows(query, [list(commands)])
        return dict.fromkeys(self.told, 0) | {commands[command]: times for command, times in rows}

    def events(self, category: str) -> Counter[str]:
        query = (
            "SELECT e.type FROM eventstore.event e JOIN eventstore.stream s USING (stream_id) "
            "WHERE s.category = %s AND s.entity_id = %s"
        )
        return Counter(kind for (kind,) in self.rows(query, [category, self.session_id]))

    def rows(self, query: str, values: list[Any]) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.stack.env["DATABASE_URL"]) as connection:
            return connection.execute(query, values).fetchall()


def begin(stack: LiveStack, *, camera: bool = False, login: str = "patient@demo.example") -> Visit:
    browser = Browser(stack.url)
    browser.sign_in(login, stack.env["ATTUNE_DEMO_PASSWORD"])
    browser.agree("camera", "images")
    return Visit(stack, browser, browser.start_session(camera=camera))


async def eventually(true: Callable[[], bool], *, within_s: float) -> None:
    async with asyncio.timeout(within_s):
        while not await asyncio.to_thread(true):
            await asyncio.sleep(0.2)


@contextmanager
def stalled_database(stack: LiveStack) -> Iterator[None]:
    """PostgreSQL as on a stalled disk. Its first process frozen alone would go on serving those already connected."""
    with stack.frozen("postgres"):
        first = stack.part("postgres").pid
        others = [int(pid) for pid in Path(f"/proc/{first}/task/{first}/children").read_text().split()]
        _signal(others, signal.SIGSTOP)
        try:
            yield
        finally:
            _signal(others, signal.SIGCONT)


def _signal(pids: list[int], how: signal.Signals) -> None:
    for pid in pids:
        os.kill(pid, how)


async def frames_until_read(socket: LiveSocket, visit: Visit, clip: Clip, *, more_than: int) -> None:
    """Frames are answered again; while nobody reads, the window of two opens anew as unanswered frames lapse."""
    async with asyncio.timeout(60):
        at = 0.0
        while len(visit.of("emotion")) <= more_than + 3:
            if socket.may_send:
                await socket.frame(encode(clip.at(at)[1], width=480, quality=0.7), at_ms=round(at * 1000))
                at += 0.2
            await asyncio.sleep(0.2)


def assert_all_recorded_once(visit: Visit) -> None:
    assert set(visit.times_recorded().values()) == {1}


def assert_the_log_verifies(stack: LiveStack) -> None:
    done = stack.manage("verify", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["ok"] is True
