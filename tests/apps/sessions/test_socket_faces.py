"""Another face in front of the camera: said once, kept nowhere, and the own one welcomed."""

from collections.abc import Sequence

import pytest

from apps.sessions.drain import Read, Waiting
from apps.sessions.observing import unpack_probabilities
from apps.sessions.threads import in_thread
from tests.apps.sessions.conftest import Connect, Person, open_session
from tests.apps.sessions.frames_worker import Worker, not_read, observed, sad_face, show


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
