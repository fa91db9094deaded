"""What the sweep of routes needs of this app: a session of the given patient's."""

from uuid import UUID, uuid4

from django.utils import timezone

from apps.sessions import commands
from eventstore.actor import Actor


def make_session(patient_id: UUID, actor: Actor) -> UUID:
    session_id = uuid4()
    commands.open_session(
        session_id,
        patient_id=patient_id,
        camera=False,
        consents=(),
        at=timezone.now(),
        actor=actor,
        command_id=uuid4(),
    )
    return session_id


MAKERS = {"session": make_session}
