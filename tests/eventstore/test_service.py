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
from pytest_django import Settings

from apps.sessions.demo.people import make_patient, make_people
from eventstore import store
from eventstore.actor import Actor
from eventstore.event import event
from eventstore.models import Follower
from eventstore.stream import StreamName
from vault import kek

pytestmark = pytest.mark.usefixtures("fresh_db")
ROOT = Path(__file__).parents[2]
ACTOR = Actor.system("test")
Start = Callable[..., "subprocess.Popen[bytes]"]


@event("pulse.counted.v1")
class Counted:
    beats: int


def url_of(alias: str) -> str:
    at = connections.settings[alias]
    return f"postgresql://{at['USER']}:{at['PASSWORD']}@:{at['PORT']}/{at['NAME']}?host={quote(at['HOST'], safe='')}"


@pytest.fixture
def start_sealer(fresh_db: str) -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []
    own = {"DATABASE_URL": url_of("default"), "KEYS_DATABASE_URL": url_of("keys"), "ATTUNE_KEK": settings.ATTUNE_KEK}
    environment = os.environ | own | {"DJANGO_SETTINGS_MODULE": "config.settings.local", "ATTUNE_DB_POOL": "1"}

    def start(**more: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "manage.py", "sealer"]
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment | more))
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
    start_sealer: Start, stream: StreamName, subject: UUID
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


def test_a_lost_database_connection_is_found_again(start_sealer: Start, stream: StreamName, subject: UUID) -> None:
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


def test_a_sealer_whose_key_file_lags_behind_waits_and_goes_on(
    start_sealer: Start, tmp_path: Path, settings: Settings
) -> None:
    """Another process wraps a patient's key with a version that this one's file does not hold yet."""
    file, older, newer = tmp_path / "kek", f"1:{settings.ATTUNE_KEK}\n", kek.new_entry(2)
    file.write_text(older)
    settings.ATTUNE_DEMO_PASSWORD = "quiet-lake-at-dawn-7"
    provider = make_people().users["provider@demo.example"]
    process = start_sealer(ATTUNE_KEK="", ATTUNE_KEK_FILE=str(file))
    until(all_follow)
    settings.ATTUNE_KEK, before = older + newer, store.head()
    make_patient(2, provider)
    until(lambda: store.head() > before)
    time.sleep(1.5)  # it looks around once a second
    assert not all_follow()
    assert not Follower.objects.filter(status=Follower.Status.STOPPED).exists()
    replacement = tmp_path / "replacement"
    replacement.write_text(older + newer)
    replacement.replace(file)
    until(all_follow)
    assert process.poll() is None


def all_follow() -> bool:
    """Each follower runs, and has come to the log's end."""
    places = set(Follower.objects.values_list("status", "position"))
    return places == {(Follower.Status.RUNNING, store.head())}
