"""Many writers at once, some dying: nothing acknowledged is lost, doubled, skipped or turned round."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
from django.db import Error, connection, connections, transaction

from eventstore import sealer, store
from eventstore.actor import Actor
from eventstore.anew import ATTEMPTS, anew
from eventstore.errors import WrongExpectedVersion
from eventstore.event import event
from eventstore.recorded import Recorded
from eventstore.stream import StreamName
from eventstore.verification import verify
from vault import keys

pytestmark = pytest.mark.usefixtures("fresh_db")
R = TypeVar("R")
ACTOR = Actor.system("test")


@event("grain.counted.v1")
class Counted:
    number: int


def append(stream: StreamName, number: int, expected: int | None, command_id: UUID | None = None) -> int:
    return store.append(
        stream, [Counted(number=number)], expected=expected, actor=ACTOR, command_id=command_id or uuid4(),
        subject=stream.entity_id,
    )  # fmt: skip


def new_stream() -> StreamName:
    patient = uuid4()
    keys.create(patient)
    return StreamName("grain", patient)


def in_threads(count: int, work: Callable[[int], R]) -> list[R]:
    def one(number: int) -> R:
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_of_many_with_one_expected_version_exactly_one_wins() -> None:
    stream = new_stream()

    def compete(number: int) -> str:
        try:
            append(stream, number, 0)
        except WrongExpectedVersion:
            return "conflict"
        return "won"

    assert Counter(in_threads(12, compete)) == {"won": 1, "conflict": 11}
    assert store.version_of(stream) == 1


def test_a_command_sent_by_many_at_once_is_done_once() -> None:
    stream, command = new_stream(), uuid4()
    assert set(in_threads(8, lambda number: append(stream, number, None, command))) == {1}


def test_concurrent_appends_are_all_stored_once_and_gapless(seal_now: Callable[[], None]) -> None:
    streams = [new_stream() for _ in range(6)]

    def write(writer: int) -> None:
        for number in range(25):
            append(streams[(writer + number) % len(streams)], writer * 1000 + number, None)

    in_threads(6, write)
    seal_now()
    found = store.read_from(0, types=[Counted], limit=1000)
    assert [one.position for one in found] == list(range(1, 151))
    assert len({one.event.number for one in found}) == 150
    assert verify().ok


class Reader(threading.Thread):
    """Seals in small batches and follows positions, as a projection would, until told that the writers are done."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Recorded] = []
        self.over = threading.Event()

    def run(self) -> None:
        try:
            while not (self.over.is_set() and not self._step()):
                self._step()
                time.sleep(0.002)
        finally:
            connections.close_all()

    def _step(self) -> int:
        sealer.seal(limit=7)
        last = self.seen[-1].position or 0 if self.seen else 0
        batch = store.read_from(last, types=[Counted], limit=1000)
        self.seen += batch
        return len(batch)


def test_a_hostile_interleaving_is_followed_without_a_miss_or_an_inversion() -> None:
    """Early transaction ids, late commits, roll-backs and killed connections, while a reader follows positions."""
    streams, stored, reader = [new_stream() for _ in range(5)], list[UUID](), Reader()

    def write(writer: int) -> None:
        chance = random.Random(writer)
        for number in range(20):
            hostile_append(chance, streams[chance.randrange(5)], writer * 1000 + number, stored)

    reader.start()
    in_threads(6, write)
    reader.over.set()
    reader.join()
    assert sorted(one.event_id for one in reader.seen) == sorted(set(stored))
    for stream in streams:
        versions = [one.version for one in reader.seen if one.stream == stream]
        assert versions == list(range(1, len(versions) + 1))
    assert verify().ok


def hostile_append(chance: random.Random, stream: StreamName, number: int, stored: list[UUID]) -> None:
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id(), pg_backend_pid()")
                pid = cursor.fetchone()[1]
            time.sleep(chance.random() * 0.02)
            version = append(stream, number, None)
            mine = store.read(stream, after=version - 1)[0].event_id
            time.sleep(chance.random() * 0.01)
            if chance.random() < 0.1:
                raise InterruptedError
            if chance.random() < 0.05:
                kill(pid)
    except (Error, InterruptedError):
        connection.close()
        return
    stored.append(mine)


def kill(pid: int) -> None:
    """Ends this connection before its commit, from within."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])


def test_an_open_transaction_elsewhere_delays_nothing() -> None:
    stream = new_stream()
    with connections["keys"].cursor() as other, transaction.atomic(using="keys"):
        other.execute("SELECT pg_current_xact_id()")
        append(stream, 1, 0)
        assert sealer.seal() == (1, 1)


def test_a_restore_into_another_cluster_seals_on() -> None:
    stream = new_stream()
    append(stream, 1, 0)
    assert sealer.seal() == (1, 1)
    with connections["owner"].cursor() as owner:
        owner.execute("UPDATE eventstore.seal_state SET system_identifier = 1, low_xid = '9000000000'")
    append(stream, 2, 1)
    assert sealer.seal() == (1, 2)
    append(stream, 3, 2)
    assert sealer.seal() == (1, 3)


def test_a_retry_after_an_unknown_outcome_writes_once() -> None:
    """The commit went through, the answer was lost: the same command again."""
    stream, command = new_stream(), uuid4()
    append(stream, 1, 0, command)
    connection.close()
    assert append(stream, 1, 0, command) == 1
    assert len(store.read(stream)) == 1


def test_what_was_decided_on_an_older_version_is_decided_anew() -> None:
    """Each adds one to what it read: with no more rivals than attempts, none is refused and none is lost."""
    stream = new_stream()
    append(stream, 0, 0)

    def one_more(_: int) -> int:
        def decided() -> int:
            history = store.read(stream)
            time.sleep(0.01)  # so that others come between
            return append(stream, history[-1].event.number + 1, len(history))

        return anew(decided)

    in_threads(ATTEMPTS, one_more)
    assert [recorded.event.number for recorded in store.read(stream)] == list(range(ATTEMPTS + 1))


def test_whoever_is_never_first_is_told_so_in_the_end() -> None:
    tried: list[int] = []

    def never() -> int:
        tried.append(1)
        raise WrongExpectedVersion("grain", 1, 2)

    with pytest.raises(WrongExpectedVersion):
        anew(never)
    assert len(tried) == ATTEMPTS
