"""When a patient's invitation is accepted, their record begins, unless a clinician registered them before."""

from uuid import UUID, uuid5

from apps.patients import commands
from apps.patients.aggregate import AlreadyRegistered
from eventstore.actor import Actor


def begin_record(patient_id: UUID, name: str, actor: Actor) -> None:
    """Register the person who just joined; a clinician's earlier registration stands."""
    label = commands.usual_label(patient_id)
    try:
        commands.register(
            patient_id, name=name or label, label=label, actor=actor, command_id=uuid5(patient_id, "joined")
        )
    except AlreadyRegistered:
        return
