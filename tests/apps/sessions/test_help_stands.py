"""Whom to call reaches a patient whose line was down when a machine read what they wrote, and one who was there."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from apps.imagery.events import CATEGORY as IMAGERY
from apps.providers import commands, notes
from apps.providers.events import NOTE, Finding, NoteScreened
from apps.sessions import commands as sessions
from apps.sessions.events import SESSION
from apps.sessions.threads import in_thread
from eventstore import store
from eventstore.actor import Actor
from eventstore.stream import StreamName
from tests.apps.sessions.conftest import Connect, Person, Socket, open_session

NAMED = Finding(label="self_harm", score=1.0, by="words", denied=False)


def writes(patient: Person, session_id: UUID) -> None:
    sessions.give_feedback(
        session_id, distress=40, satisfaction=3, text="words", at=timezone.now(), actor=patient.user.actor,
        command_id=uuid4(),
    )  # fmt: skip


def is_read(patient: Person, session_id: UUID, findings: tuple[Finding, ...]) -> None:
    """What the machine notes of it, while nobody holds the socket."""
    commands.note_screened(
        commands.unread(SESSION, session_id), {session_id: findings}, reader="test", patient_id=patient.id,
        actor=Actor.system("test"), command_id=uuid4(),
    )  # fmt: skip


@pytest.mark.parametrize(("findings", "told"), [((NAMED,), ["help_now"]), ((), [])])
async def test_who_was_away_when_their_words_were_read_is_told_whom_to_call_when_they_are_back(
    patient: Person, connect: Connect, findings: tuple[Finding, ...], told: list[str]
) -> None:
    session_id = await in_thread(open_session, patient)
    before = await connect(patient, session_id)
    seen = (await before.until("ready"))["n"]
    await before.disconnect()
    await in_thread(writes, patient, session_id)
    await in_thread(is_read, patient, session_id, findings)
    await until_sealed(StreamName(NOTE, notes.stream_id(SESSION, session_id)))
    for _ in range(2):
        socket = await connect(patient, session_id, query=f"?after={seen}")
        await socket.say("ack")
        notices = [message for message in socket.seen if message["type"] == "notice"]
        assert [message["code"] for message in notices] == told
        assert all(message["replayed"] and "988" in message["detail"] for message in notices)
        numbers = [message["n"] for message in socket.seen]
        assert numbers == sorted(set(numbers)) and numbers[0] > seen
        await socket.disconnect()


async def until_sealed(stream: StreamName) -> None:
    """Else it would come a moment after the page did, and be no replay."""
    async with asyncio.timeout(30):
        while not all(recorded.position for recorded in await in_thread(store.read, stream)):
            await asyncio.sleep(0.02)


def helps(socket: Socket) -> list[dict[str, Any]]:
    return [message for message in socket.seen if message.get("code") == "help_now"]


@pytest.mark.parametrize("category", [SESSION, IMAGERY])
async def test_who_is_there_is_told_once_from_the_log_alone_and_again_on_each_page(
    patient: Person, connect: Connect, category: str
) -> None:
    session_id = await in_thread(open_session, patient)
    socket = await connect(patient, session_id)
    await socket.until("ready")
    other = await connect(patient, await in_thread(open_session, patient))
    await in_thread(writes, patient, session_id)
    screened = NoteScreened(of="session", note_id=session_id, through=2, findings=(NAMED,), reader="test")
    await in_thread(is_noted, patient, StreamName(NOTE, notes.stream_id(category, session_id)), screened)
    told = await socket.until("notice", code="help_now")
    assert "replayed" not in told
    await asyncio.sleep(0.5)
    await socket.say("ack")
    await other.say("ack")
    assert (len(helps(socket)), helps(other)) == (1, [])
    await socket.disconnect()
    for query, times in (("", 1), (f"?after={told['n']}", 0)):  # a page loaded anew; one that was told
        again = await connect(patient, session_id, query=query)
        await again.say("ack")
        assert len(helps(again)) == times
        await again.disconnect()


def is_noted(patient: Person, stream: StreamName, screened: NoteScreened) -> None:
    actor = Actor.system("test")
    store.append(stream, [screened], expected=0, actor=actor, command_id=uuid4(), subject=patient.id)
