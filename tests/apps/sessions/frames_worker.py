"""A frames worker beside the tests: its networks are stood in for, mailboxes and drainer are the real ones."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import redis

from apps.sessions import wake
from apps.sessions.drain import Read, Tally, Waiting, drain
from apps.sessions.events import EmotionsObserved
from apps.sessions.protocol import pack_frame
from eventstore import store
from eventstore.stream import StreamName
from ml.vocabulary import EMOTIONS
from tests.apps.sessions.test_protocol import SMALL

if TYPE_CHECKING:
    from tests.apps.sessions.conftest import Socket

SAD = tuple(0.88 if emotion == "sadness" else 0.02 for emotion in EMOTIONS)


def sad_face(waiting: Sequence[Waiting]) -> list[Read]:
    answer = Read(
        box=(10, 20, 30, 40),
        emotion="sadness",
        confidence=0.88,
        probabilities=SAD,
        smoothed=SAD,
        reason=None,
        memory=b"m",
    )
    return [answer for _ in waiting]


class Worker:
    """A frames worker in a thread: woken by what the web process sends, drains like the task does."""

    def __init__(self, url: str) -> None:
        self.url, self.read, self.woken = url, sad_face, 0
        self._threads: list[threading.Thread] = []

    def wake(self, name: str, **_: object) -> None:
        assert name == wake.TASK
        self.woken += 1
        self._threads.append(threading.Thread(target=self._work, daemon=True))
        self._threads[-1].start()

    def _work(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            drain(client, self.read, "net@12345678", Tally())

    def stop(self) -> None:
        for thread in self._threads:
            thread.join(10)


def not_read(reason: str, memory: bytes = b"m") -> Read:
    return Read(
        box=None if reason == "no_face" else (10, 20, 30, 40),
        emotion="uncertain",
        confidence=0.0,
        probabilities=None,
        smoothed=None,
        reason=reason,
        memory=memory,
    )


def observed(session_id: UUID) -> list[EmotionsObserved]:
    return [recorded.event for recorded in store.read(StreamName("observations", session_id))]


async def show(socket: "Socket", sequence: int, *, every_ms: int = 200) -> dict[str, object]:
    await socket.send(pack_frame(sequence, sequence * every_ms, SMALL))
    return await socket.until("emotion", seq=sequence)
