"""What closes a socket, and what is written of it: nothing that nobody agreed to."""

import time
from uuid import uuid4

import pytest

from apps.patients import commands as patients
from apps.sessions.consumers import SessionConsumer
from apps.sessions.protocol import pack_frame
from apps.sessions.switchboard import WATCH_S
from apps.sessions.threads import in_thread
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.sessions.conftest import Connect, Person, make_patient, open_session
from tests.apps.sessions.frames_worker import Worker, show
from tests.apps.sessions.test_protocol import SMALL, jpeg_claiming


async def test_no_consent_no_frames(fresh_db: str, connect: Connect, worker: Worker) -> None:
    patient = await in_thread(make_patient, consents=("images",))
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    assert (await socket.until("ready"))["consents"] == ["images"]
    await socket.send(pack_frame(1, 40, SMALL))
    assert await socket.closing() == 4403
    assert worker.woken == 0


BAD = [
    (b"To whom it may concern, this is a text file.", 4400),
    (b"short", 4400),
    (pack_frame(1, 0, jpeg_claiming(65500, 65500)), 4413),
    (pack_frame(1, 0, SMALL + bytes(256 * 1024)), 4413),
    ("no json", 4400),
    ('{"type": "mood"}', 4400),
    ('{"type": "mood", "id": "' + "x" * 20_000 + '"}', 4413),
]


async def test_what_is_no_message_closes_and_writes_nothing(patient: Person, connect: Connect, worker: Worker) -> None:
    session_id = await in_thread(open_session, patient)
    stream = StreamName("session", session_id)
    version = await in_thread(store.version_of, stream)
    for data, code in BAD:
        socket = await connect(patient, session_id)
        await socket.until("ready")
        await socket.send(data)
        assert await socket.closing() == code, data[:40]
    assert worker.woken == 0
    assert await in_thread(store.version_of, stream) == version


async def test_frames_out_of_order_are_malformed(patient: Person, connect: Connect, worker: Worker) -> None:
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    await show(socket, 7)
    await socket.send(pack_frame(7, 400, SMALL))
    assert await socket.closing() == 4400


async def test_a_flood_is_too_fast(patient: Person, connect: Connect) -> None:
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    for sequence in range(1, 30):
        await socket.send(pack_frame(sequence, sequence, SMALL))
    assert await socket.closing() == 4429


async def test_messages_by_the_dozen_are_too_fast(patient: Person, connect: Connect) -> None:
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    for _ in range(60):
        await socket.send(f'{{"type": "ack", "id": "{uuid4()}"}}')
    assert await socket.closing(20) == 4429


LAW_S = 5
"""Within so long a socket closes once what allowed it is gone."""


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When the socket looked whether it may go on; the law is held by how often, whatever else the machine does."""
    seen: list[float] = []
    look = SessionConsumer.on_watch

    async def counted(self: SessionConsumer) -> None:
        seen.append(time.monotonic())
        await look(self)

    monkeypatch.setattr(SessionConsumer, "on_watch", counted)
    return seen


async def test_a_withdrawn_consent_closes_within_five_seconds(
    patient: Person, connect: Connect, looks: list[float]
) -> None:
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    await socket.until("ready")
    actor = patient.user.actor
    await in_thread(patients.withdraw_consent, patient.id, purpose="camera", actor=actor, command_id=uuid4())
    looks.clear()
    assert await socket.closing() == 4440
    assert len(looks) <= 1 + 1 and 2 * WATCH_S < LAW_S


async def test_signing_out_closes_within_five_seconds(patient: Person, connect: Connect, looks: list[float]) -> None:
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    await socket.until("ready")
    await in_thread(patient.client.session.flush)
    looks.clear()
    assert await socket.closing() == 4401
    assert len(looks) <= 1 + 1 and 2 * WATCH_S < LAW_S
