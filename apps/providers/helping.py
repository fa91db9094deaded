"""Whom to call, said in the session in which a patient wrote of self-harm: at once, and to whoever connects afterwards.

The words are the same for everybody and say nothing of what was found.
"""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from apps.imagery.events import CATEGORY as IMAGERY
from apps.providers import notes
from apps.providers.events import NOTE, Finding, NoteScreened
from apps.sessions.events import SESSION
from apps.sessions.socket import register_standing
from eventstore import store
from eventstore.stream import StreamName

HELP: Final = (
    "Attune is a machine, and nobody reads what you write at once. If you are in danger or thinking of hurting "
    "yourself, please contact {name} now: {label}."
)


def calls_for_help(findings: Iterable[Finding]) -> bool:
    """Whether a text names self-harm, be it to deny it."""
    return any(one.label == "self_harm" for one in findings)


def notice() -> dict[str, Any]:
    """The message to a session's client."""
    return {"type": "notice", "code": "help_now", "detail": HELP.format(**settings.ATTUNE_CRISIS)}


def standing(session_id: UUID) -> dict[str, Any] | None:
    """The notice, once a text at the session's end or on one of its pictures called for it; it stands from then on."""
    streams = [StreamName(NOTE, notes.stream_id(category, session_id)) for category in (SESSION, IMAGERY)]
    noted = [one.event for stream in streams for one in store.read(stream)]
    named = any(isinstance(event, NoteScreened) and calls_for_help(event.findings) for event in noted)
    return notice() if named else None


def register() -> None:
    register_standing(standing)
