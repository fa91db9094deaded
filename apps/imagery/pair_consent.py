"""What a paired choice rests on: pictures and research, both agreed to."""

from uuid import UUID

from apps.imagery.pair_policy import CONSENTS
from apps.patients import selectors as patients


def agrees(patient_id: UUID) -> bool:
    """Whether all that a pair rests on is agreed to now."""
    return patients.consents(patient_id) >= CONSENTS
