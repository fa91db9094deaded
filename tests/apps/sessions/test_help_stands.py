"""Whom to call reaches a patient whose line was down when a machine read what they wrote."""

from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from apps.providers import commands
from apps.providers.events import Finding
from apps.sessions import commands as sessions
from apps.sessions.events import SESSION
from apps.sessions.threads import in_thread
from eventstore.actor import Actor
from tests.apps.sessions.conftest import Connect, Person, open_session

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
    for _ in range(2):
        socket = await connect(patient, session_id, query=f"?after={seen}")
        await socket.say("ack")
        notices = [message for message in socket.seen if message["type"] == "notice"]
        assert [message["code"] for message in notices] == told
        assert all(message["replayed"] and "988" in message["detail"] for message in notices)
        numbers = [message["n"] for message in socket.seen]
        assert numbers == sorted(set(numbers)) and numbers[0] > seen
        await socket.disconnect()
