"""Erasing a patient for good: said in the log first, then the keys, then whatever else holds something of theirs."""

from typing import Final
from uuid import UUID, uuid5

from django.db import transaction

from access.door import Purpose, Right, open_patient
from apps.patients.aggregate import PatientUnknown
from apps.patients.events import CATEGORY, PatientErased
from eventstore import erasure, store
from eventstore.actor import Actor
from eventstore.stream import StreamName

ERASING: Final = UUID("0f0a5f3c-5f0f-5d8e-8a57-2c1d7f2b9e61")


def erase_patient(patient_id: UUID, *, reason: str, approved_by: Actor) -> int:
    """Erase a patient. Safe to repeat until it succeeds; the log says it once. What is cut off, the clock goes on with.

    Returns the version of the patient's stream at which the erasure stands.

    Raises:
        Http404: the approver may not erase (audited).
        PatientUnknown: there is nobody of this id.
        KeyUnavailable, OperationalError, WrongExpectedVersion, OSError: not finished; run it again.
    """
    open_patient(approved_by, patient_id, to=Right.ERASE, why=Purpose.OPERATIONS)
    stream = StreamName(CATEGORY, patient_id)
    before = store.version_of(stream)
    if not before:
        raise PatientUnknown
    command_id = uuid5(ERASING, str(patient_id))
    with transaction.atomic():
        version = store.done(stream, command_id)
        if version is None:
            said = PatientErased(reason=reason, approved_by=str(approved_by.id))
            version = store.append(
                stream, [said], expected=before, actor=approved_by, command_id=command_id, subject=patient_id
            )
        erasure.begin(patient_id)
    erasure.erase(patient_id)
    return version
