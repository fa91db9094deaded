"""Objects for the sweep over roles × routes."""

from typing import Any
from uuid import UUID, uuid4

from apps.assessments import commands
from eventstore.actor import Actor


def make_assessment(patient_id: UUID, actor: Actor) -> UUID:
    return commands.start(patient_id, key="gad-7", ordinal=0, actor=actor, command_id=uuid4())


MAKERS: dict[str, Any] = {
    "assessment": make_assessment,
    "instrument": lambda _patient, _actor: "phq-9",
}
