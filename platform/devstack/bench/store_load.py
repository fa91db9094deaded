"""A process of the store's benchmark: reads `KIND SECONDS` lines, does that, answers each with JSON.

append: one event an append, sealed. batch: ten. lock: the plain protocol for comparison, an exclusive table lock and
one row, no cipher. lag: append one and wait until it has its position. Each answers with the milliseconds of each
operation. seal: seal until the time is over.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from uuid import uuid4

import django

PAYLOAD = b"\x5a" * 400
STREAMS = 50
POLL_S = 0.002
SEAL_IDLE_S = 0.01


class Writer:
    """Streams and a key of this process's own."""

    def __init__(self) -> None:
        from eventstore.actor import Actor
        from eventstore.event import event
        from eventstore.stream import StreamName
        from vault import keys

        @event("bench.measured.v1")
        class Measured:
            payload: bytes

        self.event, self.actor, self.subject = Measured(payload=PAYLOAD), Actor.system("bench"), uuid4()
        keys.create(self.subject)
        self.versions = {StreamName("bench", uuid4()): 0 for _ in range(STREAMS)}
        self.streams = list(self.versions)

    def append(self) -> None:
        self._append(1)

    def batch(self) -> None:
        self._append(10)

    def lock(self) -> None:
        from django.db import connection, transaction

        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE bench_log IN EXCLUSIVE MODE")
            cursor.execute("INSERT INTO bench_log (stream, payload) VALUES (%s, %s)", [uuid4(), PAYLOAD])

    def lag(self) -> None:
        from eventstore import store

        number = self._append(1)
        stream, version = self.streams[number], self.versions[self.streams[number]]
        while store.read(stream, after=version - 1)[0].position is None:
            time.sleep(POLL_S)

    def seal(self) -> None:
        from eventstore import sealer

        if sealer.seal()[0] <= 0:
            time.sleep(SEAL_IDLE_S)

    def _append(self, events: int) -> int:
        from eventstore import store

        number = int.from_bytes(os.urandom(2), "big") % STREAMS
        stream = self.streams[number]
        at = self.versions[stream]
        subject = None if at else self.subject
        self.versions[stream] = store.append(
            stream, [self.event] * events, expected=at, actor=self.actor, command_id=uuid4(), subject=subject
        )
        return number


def timed(work: Callable[[], None], seconds: float) -> list[float]:
    """Milliseconds of each call until the time is over."""
    took_ms, until = list[float](), time.monotonic() + seconds
    while (began := time.monotonic()) < until:
        work()
        took_ms.append((time.monotonic() - began) * 1000)
    return took_ms


def main() -> None:
    django.setup()
    writer = Writer()
    print("ready", flush=True)  # noqa: T201
    for line in sys.stdin:
        kind, seconds = line.split()
        took_ms = timed(getattr(writer, kind), float(seconds))
        print(json.dumps([] if kind == "seal" else took_ms), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
