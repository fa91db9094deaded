"""A session in which no frame is ever sent keeps the same record."""

from uuid import UUID, uuid4

from apps.sessions.events import EmotionShifted, MoodReported, SessionEnded
from apps.sessions.threads import in_thread
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.sessions.conftest import Connect, Person, open_session


def types_of(session_id: UUID) -> list[str]:
    return [recorded.type for recorded in store.read(StreamName("session", session_id))]


async def test_a_mood_becomes_a_state_and_the_end_closes(patient: Person, connect: Connect) -> None:
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    ready = await socket.until("ready")
    assert ready["state"] == "open"
    assert ready["consents"] == ["camera", "images"]
    assert (await socket.say("mood", valence=-3, distress=20))["type"] == "done"
    state = await socket.until("state")
    assert (state["from"], state["to"], state["source"]) == (None, "sadness", "mood")
    assert (await socket.say("feedback", distress=30, satisfaction=4, text="calmer"))["type"] == "done"
    assert (await socket.say("end"))["type"] == "done"
    closed = await socket.until("closed")
    assert closed["reason"] == "ended"
    assert await socket.closing() == 1000
    numbers = [message["n"] for message in socket.seen]
    assert numbers == sorted(set(numbers))
    recorded = await in_thread(store.read, StreamName("session", session_id))
    told = [type(one.event) for one in recorded]
    assert [kind for kind in told if kind in (MoodReported, EmotionShifted, SessionEnded)] == [
        MoodReported,
        EmotionShifted,
        SessionEnded,
    ]


async def test_repeating_an_id_does_nothing_twice(patient: Person, connect: Connect) -> None:
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    mood, end = uuid4(), uuid4()
    for _ in range(3):
        assert (await socket.say("mood", message_id=mood, valence=4))["type"] == "done"
    for _ in range(2):
        assert (await socket.say("end", message_id=end))["type"] == "done"
    types = await in_thread(types_of, session_id)
    assert types == ["session.opened.v1", "session.mood_reported.v1", "session.shift_noted.v1", "session.ended.v1"]
