"""Readings wait for a store that cannot take them for a moment, and none is lost."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import Settings

from apps.sessions.aggregate import Session
from apps.sessions.events import EmotionsObserved
from apps.sessions.observing import Second
from apps.sessions.recorder import Recorder
from apps.sessions.socket import SocketContext
from apps.sessions.threads import in_thread
from eventstore import store
from eventstore.stream import StreamName
from ml.vocabulary import EMOTIONS
from tests.apps.sessions.conftest import Person, open_session
from vault import cache

CALM = (1.0, *(0.0 for _ in EMOTIONS[1:]))


def second_of(number: int) -> EmotionsObserved:
    taken = Second(timezone.now() - timedelta(seconds=9 - number))
    taken.add(number * 10, CALM, "net@12345678")
    observed = taken.take()
    assert observed is not None
    return observed


async def test_readings_wait_while_the_key_file_is_broken(
    patient: Person, tmp_path: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    session_id = await in_thread(open_session, patient)
    whole, path = f"1:{settings.ATTUNE_KEK}\n", tmp_path / "kek"
    settings.ATTUNE_KEK, settings.ATTUNE_KEK_FILE = "", str(path)
    path.write_text("half writ")
    cache.clear()
    heard: list[Session] = []
    recorder = Recorder(SocketContext(patient.user.actor, session_id, patient.id), uuid4(), heard.append)
    written = [second_of(number) for number in range(3)]
    for observed in written:
        recorder.put(observed)
    async with asyncio.timeout(30):
        while "readings wait for the store: KekRefused" not in caplog.text:
            await asyncio.sleep(0.02)
    path.write_text(whole)
    await recorder.finish(30)
    events = await in_thread(store.read, StreamName("observations", session_id))
    assert [one.event for one in events] == written
    assert recorder.lost == 0
