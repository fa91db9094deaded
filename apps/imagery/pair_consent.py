"""What a paired choice rests on: pictures and research, both agreed to."""

from typing import Final
from uuid import UUID

from apps.imagery.pair_policy import CONSENTS
from apps.patients import selectors as patients
from apps.patients.events import CATEGORY as PATIENT
from eventstore import store
from eventstore.projection import wait_for
from eventstore.stream import StreamName

_PATIENCE_S: Final = 1.0


def agrees(patient_id: UUID) -> bool:
    """Whether all that a pair rests on is agreed to now."""
    return consents(patient_id) >= CONSENTS


def consents(patient_id: UUID) -> frozenset[str]:
    """What the patient agrees to, with what was just written; nothing where that can't be seen in time."""
    stream = StreamName(PATIENT, patient_id)
    seen = wait_for("patients.patient", stream, store.version_of(stream), timeout_s=_PATIENCE_S)
    return patients.consents(patient_id) if seen else frozenset()
