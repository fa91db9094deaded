"""What a patient says is nowhere in plain: not in database files, Valkey's memory, logs or Celery's messages."""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg import sql

from apps.sessions.demo.browser import Browser
from apps.sessions.demo.clip import Clip, encode, ensure_clip
from devstack.live import LiveStack
from ml.vocabulary import EMOTIONS
from tests.faults.visit import Visit

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

NAME, NOTE, TRIGGER, MOOD, ADDRESS = "Qorvane", "zibblethorn", "wuxmarrow", "plinthovar", "krellouise"
CANARIES = tuple(word.encode() for word in (NAME, NOTE, TRIGGER, MOOD, ADDRESS))
WORDS = re.compile(rb"\b(" + b"|".join(emotion.encode() for emotion in EMOTIONS) + rb")\b", re.IGNORECASE)
PASSWORD = "a long sentence of four words"
IN_CLEAR = frozenset({"django_migrations", "django_content_type", "auth_permission"})
"""Django's own tables, which name models and columns and nothing of a patient."""


@contextmanager
def listening(stack: LiveStack, heard: list[bytes]) -> Iterator[None]:
    """Everything that is said to Valkey meanwhile, Celery's messages and the channel layer among it."""
    stop = threading.Event()
    client = redis.Redis.from_url(stack.env["REDIS_URL"], socket_timeout=60)  # a time-out would end the listening

    def listen() -> None:
        with client.monitor() as monitor:
            while not stop.is_set():
                heard.append(repr(monitor.next_command()).encode())

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        client.ping()  # the last command it hears
        thread.join()
        client.close()


async def test_what_a_patient_says_is_nowhere_in_plain(stack: LiveStack, tmp_path: Path) -> None:
    heard: list[bytes] = []
    with listening(stack, heard):
        await _live_through(stack, tmp_path)
    assert len(heard) > 50
    _refuse_any(CANARIES, b"\n".join(heard), "a command to Valkey")
    assert not WORDS.search(b"\n".join(heard))
    for place, content in _places(stack):
        _refuse_any(CANARIES, content, place)
    for table, content in _tables(stack):
        _refuse_any(CANARIES, content, table)
        found = WORDS.search(content)
        assert found is None, f"{found[0]!r} stands in {table}"


def _refuse_any(canaries: tuple[bytes, ...], content: bytes, place: str) -> None:
    lower = content.lower()
    for canary in canaries:
        for form in (canary, canary.decode().encode("utf-16-le"), canary.hex().encode()):
            assert form.lower() not in lower, f"{canary!r} stands in {place}"


async def _live_through(stack: LiveStack, folder: Path) -> None:
    """Join by invitation, name a trigger, look into the camera, say a mood, rate with a note, and end."""
    browser = await asyncio.to_thread(_join, stack)
    visit = Visit(stack, browser, browser.start_session(camera=True))
    clip = Clip(ensure_clip(folder))
    async with visit.socket() as socket:
        for number in range(40):
            if socket.may_send:
                await socket.frame(encode(clip.at(number / 5)[1], width=480, quality=0.7), at_ms=number * 200)
            await asyncio.sleep(0.1)
        await visit.tell(socket, "mood", valence=-4, distress=61, text=MOOD)
        pictures = await visit.until("image", timeout_s=90)
        await asyncio.to_thread(browser.get, pictures[0]["url"])
        await visit.tell(socket, "reaction", image_id=pictures[0]["image_id"], rating=-1, note=NOTE)
        await visit.tell(socket, "correction", emotion="disgust")
        await visit.tell(socket, "feedback", distress=40, satisfaction=2, text=MOOD)
        assert (await visit.tell(socket, "end"))["type"] == "done"


def _join(stack: LiveStack) -> Browser:
    provider = Browser(stack.url)
    provider.sign_in("provider@demo.example", stack.env["ATTUNE_DEMO_PASSWORD"])
    provider.get("/invitations/")
    page = provider.post("/invitations/", {"role": "patient"})
    link = re.search(rb'id="link"[^>]*value="([^"]+)"', page.body)
    assert link is not None
    browser = Browser(stack.url)
    path = unescape(link[1].decode()).removeprefix(stack.url)
    landed = browser.get(path)
    login = f"{ADDRESS}@patients.example"
    browser.post(landed.url, {"name": f"{NAME} Example", "login": login, "password": PASSWORD})
    browser.sign_in(login, PASSWORD)
    browser.post("/me/triggers/", {"words": TRIGGER})
    browser.agree("camera", "images")
    return browser


def _places(stack: LiveStack) -> Iterator[tuple[str, bytes]]:
    with psycopg.connect(stack.env["DATABASE_URL"]) as connection:
        connection.execute("SELECT pg_current_wal_lsn()")
    for path in sorted(stack.layout.var.rglob("*")):
        if path.is_file() and not path.is_socket() and "kek" not in path.name:
            yield str(path.relative_to(stack.layout.var)), path.read_bytes()
    yield "Valkey's memory", _memory(stack.part("valkey").pid)


def _memory(pid: int) -> bytes:
    """All writable memory of a process (Linux: needs to be its owner or root)."""
    found = []
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            try:
                memory.seek(start)
                found.append(memory.read(end - start))
            except OSError:  # a guard page
                continue
    return b"".join(found)


def _tables(stack: LiveStack) -> Iterator[tuple[str, bytes]]:
    """Each table's rows as text, and each binary column as its bytes."""
    for url in (stack.env["DATABASE_URL"], stack.env["KEYS_DATABASE_URL"]):
        with psycopg.connect(url) as connection:
            for schema, table in connection.execute(
                "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'eventstore')"
            ).fetchall():
                if table not in IN_CLEAR:
                    yield table, _content(connection, schema, table)


def _content(connection: psycopg.Connection, schema: str, table: str) -> bytes:
    rows = connection.execute(sql.SQL("SELECT * FROM {}.{}").format(sql.Identifier(schema), sql.Identifier(table)))
    values = (value for row in rows for value in row if value is not None)
    return b"\n".join(
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in values
    )
