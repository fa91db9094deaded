"""Objects for the sweep over roles × routes."""

from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

from apps.patients import commands
from apps.patients.aggregate import AlreadyRegistered
from eventstore.actor import Actor


def make_consent_purpose(patient_id: UUID, actor: Actor) -> str:
    """Consent needs a registered patient."""
    with suppress(AlreadyRegistered):
        commands.register(patient_id, name="Ada Canary", actor=actor, command_id=uuid4())
    return "camera"


MAKERS: dict[str, Any] = {"consent_purpose": make_consent_purpose}
