"""Whether a picture may be painted now: session or exercise, consent and what was asked for before."""

from datetime import datetime
from typing import Final
from uuid import UUID

from apps.imagery import policy
from apps.imagery.aggregate import Imagery
from apps.patients import selectors as patients
from apps.sessions import commands as sessions

PURPOSE: Final = "images"


def has_consent(patient_id: UUID, purpose: str = PURPOSE) -> bool:
    """Whether pictures, or another purpose, are agreed to."""
    return purpose in patients.consents(patient_id)


def stands(imagery: Imagery, session_id: UUID, patient_id: UUID, at: datetime) -> policy.Situation:
    """The facts that the policy asks for, of a session with these pictures."""
    phase = str(sessions.load(session_id).phase)
    closed = {"open": "", "paused": "paused"}.get(phase, "session_ended")
    return of(imagery, patient_id, at, closed=closed)


def of(imagery: Imagery, patient_id: UUID, at: datetime, *, closed: str) -> policy.Situation:
    """The facts wherever pictures are asked for; `closed` as in the situation."""
    return policy.Situation(
        closed=closed,
        consent=has_consent(patient_id),
        painting=imagery.painting(at),
        last_requested_at=imagery.last_requested_at,
        pictures=len(imagery.images) + sum(not one.answered for one in imagery.requests.values()),
        most=patients.most_pictures(patient_id),
    )
