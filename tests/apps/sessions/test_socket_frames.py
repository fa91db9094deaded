"""Frames through the socket, the mailboxes and a worker's drainer, to the log. Only the networks are stood in for."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from celery import current_app
from django.utils import timezone

from apps.patients import commands as patients
from apps.sessions import commands, mailbox, wake
from apps.sessions.drain import Read, Tally, Waiting, drain
from apps.sessions.events import EmotionsObserved
from apps.sessions.mailbox import Parcel
from apps.sessions.observing import unpack_probabilities
from apps.sessions.protocol import pack_frame
from apps.sessions.switchboard import Switchboard, switchboard
from apps.sessions.threads import in_thread
from eventstore import store
from eventstore.stream import StreamName
from ml.vocabulary import EMOTIONS
from tests.apps.sessions.conftest import Connect, Person, Socket, open_session
from tests.apps.sessions.test_protocol import SMALL, jpeg_claiming

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


@pytest.fixture
def worker(valkey: "redis.Redis", valkey_server: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    at_work = Worker(valkey_server.url)  # type: ignore[attr-defined]
    monkeypatch.setattr(current_app, "send_task", at_work.wake)
    yield at_work
    at_work.stop()


def observed(session_id: UUID) -> list[EmotionsObserved]:
    return [recorded.event for recorded in store.read(StreamName("observations", session_id))]


async def show(socket: Socket, sequence: int, *, every_ms: int = 200) -> dict[str, object]:
    await socket.send(pack_frame(sequence, sequence * every_ms, SMALL))
    return await socket.until("emotion", seq=sequence)


async def test_a_frame_is_read_and_answered(patient: Person, connect: Connect, worker: Worker) -> None:
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    emotion = await show(socket, 1)
    assert emotion["emotion"] == "sadness"
    assert emotion["box"] == [10, 20, 30, 40]
    assert emotion["probabilities"]["sadness"] == 0.88  # type: ignore[index]
    assert 0 < float(str(emotion["latency_ms"])) < 2000
    assert worker.woken == 1


@pytest.mark.parametrize("kind", [mailbox.READING, mailbox.TOLD])
async def test_what_cannot_be_opened_for_one_socket_is_nothing_to_the_others(
    patient: Person, connect: Connect, worker: Worker, valkey: "redis.Redis", kind: bytes
) -> None:
    first, second = await in_thread(open_session, patient), await in_thread(open_session, patient)
    mine, others = await connect(patient, first), await connect(patient, second)
    await mine.until("ready")
    await others.until("ready")
    valkey.publish(switchboard().wire.channel, mailbox.address(kind, first, b"sealed by nobody"))
    assert (await show(others, 1))["emotion"] == "sadness"
    assert (await show(mine, 1))["emotion"] == "sadness"


async def test_a_state_that_lasts_is_told_and_kept_with_its_seconds(
    patient: Person, connect: Connect, worker: Worker
) -> None:
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    for sequence in range(1, 16):
        await show(socket, sequence)
    state = await socket.until("state")
    assert (state["from"], state["to"], state["source"]) == (None, "sadness", "face")
    await socket.say("end")
    await socket.until("closed")
    await socket.closing()
    await socket.disconnect()
    seconds = await in_thread(observed, session_id)
    rows = [row for second in seconds for row in unpack_probabilities(second.probabilities)]
    assert len(rows) == 15
    assert all(len(second.offsets_ms) <= 5 and second.weights == "net@12345678" for second in seconds)
    assert all(row is not None and row[EMOTIONS.index("sadness")] > 0.8 for row in rows)


async def test_a_frame_with_no_face_is_answered_and_votes_for_nothing(
    patient: Person, connect: Connect, worker: Worker
) -> None:
    blind = Read(
        box=None, emotion="uncertain", confidence=0.0, probabilities=None, smoothed=None, reason="no_face", memory=b""
    )
    worker.read = lambda waiting: [blind for _ in waiting]
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    for sequence in range(1, 13):
        emotion = await show(socket, sequence)
        assert (emotion["emotion"], emotion["box"], emotion["probabilities"]) == ("uncertain", None, None)
    await socket.disconnect()
    assert (await in_thread(commands.load, session_id)).emotion is None
    rows = [row for one in await in_thread(observed, session_id) for row in unpack_probabilities(one.probabilities)]
    assert rows == [None] * 12


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


def answer_to(session_id: UUID, sequence: int) -> bytes:
    (read,) = sad_face([Waiting(session_id, Parcel(sequence, 0, SMALL, ""), None)])
    answer = mailbox.Reading(
        sequence=sequence,
        box=read.box,
        emotion=read.emotion,
        confidence=read.confidence,
        probabilities=read.probabilities,
        smoothed=read.smoothed,
        reason=read.reason,
        weights="net@12345678",
        ms_a_frame=8.0,
        live=1,
    )
    return mailbox.address(mailbox.READING, session_id, mailbox.seal_reading(session_id, answer))


async def test_a_late_answer_to_an_earlier_page_answers_nothing_of_this_one(
    patient: Person, connect: Connect, valkey: "redis.Redis"
) -> None:
    """Each page counts its frames from the beginning; the one before had come to 500."""
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    await socket.until("ready")
    for sequence in (1, 2):
        await socket.send(pack_frame(sequence, sequence * 200, SMALL))
    line: Any = switchboard()._lines[session_id]
    async with asyncio.timeout(5):
        while len(line.desk._window.sent) < 2:
            await asyncio.sleep(0.01)
    for sequence in (500, 2):
        valkey.publish(switchboard().wire.channel, answer_to(session_id, sequence))
    emotion = await socket.until("emotion")
    assert (emotion["seq"], emotion["emotion"], emotion["dropped"]) == (2, "sadness", 1)


async def test_another_face_is_said_once_not_kept_and_the_own_one_is_welcomed(
    patient: Person, connect: Connect, worker: Worker
) -> None:
    reasons = [None, "unfamiliar_face", "another_face", "another_face", "no_face", "another_face", None]

    def read(waiting: Sequence[Waiting]) -> list[Read]:
        whys = [reasons[one.parcel.sequence - 1] for one in waiting]
        return [not_read(why) if why else sad_face([one])[0] for one, why in zip(waiting, whys, strict=True)]

    worker.read = read
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    for sequence, reason in enumerate(reasons, 1):
        emotion = await show(socket, sequence)
        if reason:
            assert (emotion["emotion"], emotion["probabilities"]) == ("uncertain", None)
        if reason in ("unfamiliar_face", "another_face"):
            assert emotion["smoothed"] is None
    await socket.until("notice", code="face_back")
    told = [message["code"] for message in socket.seen if message["type"] == "notice"]
    assert told == ["another_face", "face_back"]
    await socket.disconnect()
    rows = [row for one in await in_thread(observed, session_id) for row in unpack_probabilities(one.probabilities)]
    assert [row is not None for row in rows] == [True, False, False, True], "another's face has no row at all"


async def test_whoever_comes_back_is_told_again(patient: Person, connect: Connect, worker: Worker) -> None:
    worker.read = lambda waiting: [not_read("another_face") for _ in waiting]
    session_id = await in_thread(open_session, patient)
    for sequence in (1, 2):
        socket = await connect(patient, session_id)
        await show(socket, sequence)
        assert "nothing is kept" in (await socket.until("notice", code="another_face"))["detail"]
        await socket.disconnect()


@pytest.mark.parametrize("spoken", [["resume"], ["pause", "resume"]])
async def test_the_patient_says_it_is_me_and_is_read(
    patient: Person, connect: Connect, worker: Worker, spoken: list[str]
) -> None:
    worker.read = lambda waiting: [
        sad_face([one])[0] if one.memory is None else not_read("another_face") for one in waiting
    ]
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    await show(socket, 1)
    assert (await show(socket, 2))["reason"] == "another_face"
    for kind in spoken:
        assert (await socket.say(kind))["type"] == "done"
    assert (await show(socket, 3))["emotion"] == "sadness"
    await socket.until("notice", code="face_back")


async def test_a_worker_that_is_away_leaves_the_session_going(patient: Person, connect: Connect) -> None:
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    for sequence in (1, 2, 3):
        emotion = await show(socket, sequence)
        assert (emotion["emotion"], emotion["reason"]) == ("uncertain", "unread")
    assert (await socket.until("notice"))["code"] == "reading_paused"
    assert (await socket.until("pace"))["max_fps"] == 1.0
    assert (await socket.say("mood", valence=3))["type"] == "done"
    assert await in_thread(observed, session_id) == []


async def test_frames_during_a_pause_are_not_read(patient: Person, connect: Connect, worker: Worker) -> None:
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    await socket.say("pause")
    assert (await show(socket, 1))["emotion"] == "uncertain"
    assert worker.woken == 0
    await socket.say("resume")
    assert (await show(socket, 2))["emotion"] == "sadness"


async def test_a_pause_that_is_sealed_while_a_socket_connects_holds_for_its_frames(
    patient: Person, connect: Connect, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = await in_thread(open_session, patient)
    weights = Switchboard.weights

    async def meanwhile(board: Switchboard) -> str | None:
        """Asked for after the history was read and before the socket stands."""
        who = patient.user.actor
        await in_thread(lambda: commands.pause(session_id, at=timezone.now(), actor=who, command_id=uuid4()))
        line: Any = board._lines[session_id]
        async with asyncio.timeout(10):
            while not line.held:
                await asyncio.sleep(0.01)
        return await weights(board)

    monkeypatch.setattr(Switchboard, "weights", meanwhile)
    socket = await connect(patient, session_id)
    answer = await show(socket, 1)
    assert (answer["emotion"], answer["reason"], worker.woken) == ("uncertain", "unread", 0)


async def test_an_ended_session_takes_no_frames(patient: Person, connect: Connect, worker: Worker) -> None:
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    await socket.say("end")
    await socket.send(pack_frame(1, 40, SMALL))  # on its way while the end is written down: no fault of the client's
    assert (await socket.until("emotion"))["reason"] == "unread"
    assert (await socket.until("closed"))["reason"] == "ended"
    assert await socket.closing() == 1000
    again = await connect(patient, session_id)
    assert (await again.until("ready"))["state"] == "ended"
    assert (await again.until("closed"))["replayed"] is True
    await again.send(pack_frame(1, 40, SMALL))
    assert await again.closing() == 4403
    assert worker.woken == 0
    assert await in_thread(observed, session_id) == []


async def test_no_consent_no_frames(fresh_db: str, connect: Connect, worker: Worker) -> None:
    from tests.apps.sessions.conftest import make_patient

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
    from uuid import uuid4

    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    for _ in range(60):
        await socket.send(f'{{"type": "ack", "id": "{uuid4()}"}}')
    assert await socket.closing(20) == 4429


async def test_a_withdrawn_consent_closes_within_five_seconds(patient: Person, connect: Connect) -> None:
    from uuid import uuid4

    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    await socket.until("ready")
    actor = patient.user.actor
    await in_thread(patients.withdraw_consent, patient.id, purpose="camera", actor=actor, command_id=uuid4())
    async with asyncio.timeout(5):
        assert await socket.closing() == 4440


async def test_signing_out_closes_within_five_seconds(patient: Person, connect: Connect) -> None:
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    await socket.until("ready")
    await in_thread(patient.client.session.flush)
    async with asyncio.timeout(5):
        assert await socket.closing() == 4401


async def test_a_frame_that_is_being_read_when_a_pause_begins_is_answered_and_kept_nowhere(
    patient: Person, connect: Connect, worker: Worker
) -> None:
    paused = threading.Event()

    def slowly(waiting: Sequence[Waiting]) -> list[Read]:
        paused.wait(10)
        return sad_face(waiting)

    worker.read = slowly
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    await socket.until("ready")
    await socket.send(pack_frame(1, 200, SMALL))
    for _ in range(200):
        if worker.woken:
            break
        await asyncio.sleep(0.01)
    await socket.say("pause")
    paused.set()
    answer = await socket.until("emotion", seq=1)
    assert (answer["emotion"], answer["reason"], answer["smoothed"]) == ("uncertain", "unread", None)
    assert await in_thread(observed, session_id) == []
