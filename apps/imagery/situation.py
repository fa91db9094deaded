"""Whether a picture may be painted for a session now: session, consent and what was asked for before."""

from datetime import datetime
from typing import Final
from uuid import UUID

from apps.imagery import commands, policy
from apps.patients import selectors as patients
from apps.patients.events import CATEGORY as PATIENT
from apps.sessions import commands as sessions
from eventstore import store
from eventstore.projection import wait_for
from eventstore.stream import StreamName

PURPOSE: Final = "images"
_PATIENCE_S: Final = 1.0


def has_consent(patient_id: UUID) -> bool:
    """Whether pictures are agreed to. Waits a moment for what was just written; what can't be seen is no consent."""
    stream = StreamName(PATIENT, patient_id)
    wait_for("patients.patient", stream, store.version_of(stream), timeout_s=_PATIENCE_S)
    return PURPOSE in patients.consents(patient_id)


def stands(session_id: UUID, patient_id: UUID, at: datetime) -> policy.Situation:
    """The facts that the policy asks for."""
    session, imagery = sessions.load(session_id), commands.load(session_id)
    return policy.Situation(
        session_open=session.phase in ("open", "paused"),
        paused=session.phase == "paused",
        consent=has_consent(patient_id),
        painting=imagery.painting(at),
        last_requested_at=imagery.last_requested_at,
        pictures=len(imagery.images) + sum(not one.answered for one in imagery.requests.values()),
        most=patients.most_pictures(patient_id),
    )
