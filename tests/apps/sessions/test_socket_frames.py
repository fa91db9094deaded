"""Frames through the socket, the mailboxes and a worker's drainer, to the log. Only the networks are stood in for."""

import asyncio
import threading
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from django.utils import timezone

from apps.sessions import commands, mailbox
from apps.sessions.drain import Read, Waiting
from apps.sessions.mailbox import Parcel
from apps.sessions.observing import unpack_probabilities
from apps.sessions.protocol import pack_frame
from apps.sessions.switchboard import Switchboard, switchboard
from apps.sessions.threads import in_thread
from ml.vocabulary import EMOTIONS
from tests.apps.sessions.conftest import Connect, Person, open_session
from tests.apps.sessions.frames_worker import Worker, observed, sad_face, show
from tests.apps.sessions.test_protocol import SMALL


async def test_a_frame_is_read_and_answered(patient: Person, connect: Connect, worker: Worker) -> None:
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    began = time.monotonic()
    emotion = await show(socket, 1)
    took_ms = 1000 * (time.monotonic() - began)
    assert emotion["emotion"] == "sadness"
    assert emotion["box"] == [10, 20, 30, 40]
    assert emotion["probabilities"]["sadness"] == 0.88  # type: ignore[index]
    assert 0 < float(str(emotion["latency_ms"])) <= took_ms
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
    patient: Person, connect: Connect, valkey: "redis.Redis", patient_server: None
) -> None:
    """Each page counts its frames from the beginning; the one before had come to 500."""
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    await socket.until("ready")
    for sequence in (1, 2):
        await socket.send(pack_frame(sequence, sequence * 200, SMALL))
    line: Any = switchboard()._lines[session_id]
    async with asyncio.timeout(30):
        while len(line.desk._window.sent) < 2:
            await asyncio.sleep(0.01)
    for sequence in (500, 2):
        valkey.publish(switchboard().wire.channel, answer_to(session_id, sequence))
    emotion = await socket.until("emotion")
    assert (emotion["seq"], emotion["emotion"], emotion["dropped"]) == (2, "sadness", 1)


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
