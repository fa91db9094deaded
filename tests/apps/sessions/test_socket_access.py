"""Who may hold a session's socket, one at a time, and what a reconnecting client is told."""

from uuid import uuid4

import pytest

from access.roles import Role
from apps.accounts.commands import create_user
from apps.sessions.threads import in_thread
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.sessions.conftest import PASSWORD, Connect, Person, Socket, make_patient, open_session, signed_in


def make(role: Role) -> Person:
    user = create_user(f"{uuid4().hex[:8]}@example.org", PASSWORD, role)
    return Person(user, signed_in(user))


async def test_nobody_without_a_sign_in(patient: Person, connect: Connect) -> None:
    socket = await connect(None, await in_thread(open_session, patient))
    assert await socket.closing() == 4401


async def test_no_other_role_and_no_other_patient(patient: Person, connect: Connect) -> None:
    session_id = await in_thread(open_session, patient)
    others = [await in_thread(make_patient)]
    others += [await in_thread(make, role) for role in Role if role is not Role.PATIENT]
    for other in others:
        socket = await connect(other, session_id)
        assert await socket.closing() == 4403, other.user.role
        assert socket.seen == []
    assert await in_thread(store.version_of, StreamName("session", session_id)) == 1


async def test_absent_and_forbidden_look_alike(patient: Person, connect: Connect) -> None:
    theirs = await connect(patient, await in_thread(open_session, await in_thread(make_patient)))
    absent = await connect(patient, uuid4())
    assert (await theirs.closing(), theirs.seen) == (await absent.closing(), absent.seen) == (4403, [])


@pytest.mark.parametrize("origin", ["https://evil.example", "http://testserver.evil.example", "null", None])
async def test_a_page_of_elsewhere_is_refused_before_it_is_accepted(
    patient: Person, connect: Connect, origin: str | None
) -> None:
    socket = await connect(patient, await in_thread(open_session, patient), origin=origin)
    assert not socket.accepted, "an HTTP refusal: there never was a socket"


@pytest.mark.parametrize(("subprotocols", "query"), [((), ""), (("attune.v9",), ""), (("attune.v1",), "?after=x")])
async def test_a_handshake_that_makes_no_sense_is_malformed(
    patient: Person, connect: Connect, subprotocols: tuple[str, ...], query: str
) -> None:
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id, subprotocols=subprotocols, query=query)
    assert await socket.closing() == 4400


async def test_opened_elsewhere_closes_the_older_socket(patient: Person, connect: Connect) -> None:
    session_id = await in_thread(open_session, patient)
    older = await connect(patient, session_id)
    await older.until("ready")
    newer = await connect(patient, session_id)
    await newer.until("ready")
    assert await older.closing() == 4409
    assert (await newer.say("mood", valence=1))["type"] == "done"


async def moods(socket: Socket, *valences: int) -> None:
    for valence in valences:
        await socket.say("mood", valence=valence)
        await socket.until("state")


async def test_what_was_missed_is_sent_again_and_nothing_else(patient: Person, connect: Connect) -> None:
    session_id = await in_thread(open_session, patient)
    first = await connect(patient, session_id)
    await first.until("ready")
    await moods(first, 4, -4)
    seen = [message for message in first.seen if message["type"] == "state"]
    await first.disconnect()
    again = await connect(patient, session_id, query=f"?after={seen[0]['n']}")
    await again.until("ready")
    missed = await again.until("state")
    assert missed == {**seen[1], "replayed": True}
    await moods(again, 4)
    states = [message for message in again.seen if message["type"] == "state"]
    assert [state["to"] for state in states] == ["sadness", "happiness"]
    numbers = [message["n"] for message in again.seen]
    assert numbers == sorted(set(numbers))


async def test_without_after_the_whole_session_is_told(patient: Person, connect: Connect) -> None:
    session_id = await in_thread(open_session, patient)
    first = await connect(patient, session_id)
    await first.until("ready")
    await moods(first, 4, -4)
    durable = [message for message in first.seen if message["type"] == "state"]
    await first.disconnect()
    again = await connect(patient, session_id)
    assert (await again.until("ready"))["emotion"] == "sadness"
    told = [await again.until("state"), await again.until("state")]
    assert told == [{**message, "replayed": True} for message in durable]


async def test_an_after_beyond_the_log_loses_nothing(patient: Person, connect: Connect) -> None:
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id, query=f"?after={10**17}")
    await socket.until("ready")
    await moods(socket, 4)


async def test_a_refused_message_is_answered_and_writes_nothing(patient: Person, connect: Connect) -> None:
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    for kind, body, code in (
        ("mood", {"valence": 6}, "invalid"),
        ("mood", {}, "invalid"),
        ("correction", {"emotion": "uncertain"}, "invalid"),
        ("feedback", {"distress": 10, "satisfaction": 4, "text": "x" * 2001}, "invalid"),
        ("dance", {}, "unknown_type"),
    ):
        answer = await socket.say(kind, **body)
        assert (answer["type"], answer["code"]) == ("error", code)
        assert answer["detail"]
    assert await in_thread(store.version_of, StreamName("session", session_id)) == 1
