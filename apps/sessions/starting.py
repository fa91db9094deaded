"""Beginning a session, for the page and the API alike."""

from uuid import UUID, uuid4

from django.utils import timezone

from access.door import Permit
from apps.patients import selectors as patients
from apps.sessions import commands, selectors
from apps.sessions.events import SESSION
from eventstore import store
from eventstore.stream import StreamName


def begin(permit: Permit, *, camera: bool, command_id: UUID) -> UUID:
    """Open a session, and end one that was left open: there is one at a time.

    The session's id is the command's, so that a repeated command opens one session.
    """
    at, actor = timezone.now(), permit.actor
    if store.done(StreamName(SESSION, command_id), command_id) is not None:
        return command_id  # sent again: it ends nothing that was begun since
    left_open = selectors.open_session_of(permit)
    if left_open is not None and left_open != command_id:
        commands.end_if_open(left_open, reason="abandoned", at=at, actor=actor, command_id=uuid4())
    commands.open_session(
        command_id,
        patient_id=permit.patient_id,
        camera=camera,
        consents=patients.consents(permit.patient_id),
        at=at,
        actor=actor,
        command_id=command_id,
    )
    return command_id
