"""Whom to call, said in the session in which a patient wrote of self-harm: at once, and on each page loaded afterwards.

Taken from the log, as all that must arrive: told in passing, it was lost while the way to the socket was down. The
words are the same for everybody and say nothing of what was found.
"""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from apps.imagery.events import CATEGORY as IMAGERY
from apps.providers import notes
from apps.providers.events import NOTE, Finding, NoteScreened
from apps.sessions.events import SESSION
from apps.sessions.socket import register_category, register_durable
from eventstore.recorded import Recorded

HELP: Final = (
    "Attune is a machine, and nobody reads what you write at once. If you are in danger or thinking of hurting "
    "yourself, please contact {name} now: {label}."
)


def calls_for_help(findings: Iterable[Finding]) -> bool:
    """Whether a text names self-harm, be it to deny it."""
    return any(one.label == "self_harm" for one in findings)


def _notice(event: NoteScreened, _: Recorded) -> dict[str, Any] | None:
    """The message to a session's client, where its text calls for it."""
    if not calls_for_help(event.findings):
        return None
    return {"type": "notice", "code": "help_now", "detail": HELP.format(**settings.ATTUNE_CRISIS)}


def _readings(session_id: UUID) -> tuple[UUID, ...]:
    """Whose `note` streams tell of a session's texts: its own, and those on its pictures, which share its id."""
    return tuple(notes.stream_id(category, session_id) for category in (SESSION, IMAGERY))


def register() -> None:
    register_category(NOTE, _readings)
    register_durable(NoteScreened, _notice)
