"""The sealer's process, as the stack runs it: killed, doubled, without its database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection, connections

from eventstore import store
from eventstore.actor import Actor
from eventstore.event import event
from eventstore.stream import StreamName

pytestmark = pytest.mark.usefixtures("fresh_db")
ROOT = Path(__file__).parents[2]
ACTOR = Actor.system("test")


@event("pulse.counted.v1")
class Counted:
    beats: int


def url_of(alias: str) -> str:
    at = connections.settings[alias]
    return f"postgresql://{at['USER']}:{at['PASSWORD']}@:{at['PORT']}/{at['NAME']}?host={quote(at['HOST'], safe='')}"


@pytest.fixture
def start_sealer(fresh_db: str) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    started: list[subprocess.Popen[bytes]] = []
    own = {"DATABASE_URL": url_of("default"), "KEYS_DATABASE_URL": url_of("keys"), "ATTUNE_KEK": settings.ATTUNE_KEK}
    environment = os.environ | own | {"DJANGO_SETTINGS_MODULE": "config.settings.local", "ATTUNE_DB_POOL": "1"}

    def start() -> "subprocess.Popen[bytes]":
        command = [sys.executable, "manage.py", "sealer"]
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def until(true: Callable[[], bool], timeout_s: float = 30.0) -> float:
    """Seconds until it was true."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < timeout_s, "it never came true"
        time.sleep(0.005)
    return time.monotonic() - began


def append(stream: StreamName, subject: UUID, beats: int) -> int:
    return store.append(stream, [Counted(beats=beats)], expected=None, actor=ACTOR, command_id=uuid4(), subject=subject)


def sealed(stream: StreamName) -> list[int]:
    return [one.event.beats for one in store.read_streams([stream], 0)]


def positions() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT position FROM eventstore.log_position ORDER BY position")
        return [position for (position,) in cursor.fetchall()]


def test_a_killed_sealer_leaves_no_gap_and_another_takes_over(
    start_sealer: Callable[[], "subprocess.Popen[bytes]"], stream: StreamName, subject: UUID
) -> None:
    first, second = start_sealer(), start_sealer()
    append(stream, subject, 0)
    until(lambda: sealed(stream) == [0])
    for beats in range(1, 40):
        append(stream, subject, beats)
        if beats == 20:
            first.kill()
    assert until(lambda: len(sealed(stream)) == 40) < 10
    assert sealed(stream) == list(range(40))
    assert positions() == list(range(1, 41))
    second.send_signal(signal.SIGTERM)
    assert second.wait(timeout=15) == 0


def test_a_lost_database_connection_is_found_again(
    start_sealer: Callable[[], "subprocess.Popen[bytes]"], stream: StreamName, subject: UUID
) -> None:
    process = start_sealer()
    append(stream, subject, 0)
    until(lambda: sealed(stream) == [0])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchall()
    append(stream, subject, 1)
    until(lambda: sealed(stream) == [0, 1])
    assert process.poll() is None
