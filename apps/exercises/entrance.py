"""The door's permits for requests about exercises: the patient's own, a reader's, a clinician's."""

from uuid import UUID

from django.http import HttpRequest
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from access.asker import asker
from access.door import Permit, Purpose, Right, open_patient
from access.roles import Role


def own(request: HttpRequest | Request) -> Permit:
    """The signed-in patient's own. Raises Http404 for anyone else."""
    actor = asker(request)
    return open_patient(actor, actor.id, to=Right.ANSWER, why=Purpose.SELF)


def reader(request: Request, patient_id: UUID) -> Permit:
    """A patient reads their own exercises, a clinician those of their caseload. Raises Http404."""
    actor = asker(request)
    if actor.role == Role.PATIENT:
        return open_patient(actor, patient_id, to=Right.VIEW_OWN, why=Purpose.SELF)
    return chart(request, patient_id)


def chart(request: HttpRequest | Request, patient_id: UUID) -> Permit:
    """A clinician reads. Raises Http404."""
    return open_patient(asker(request), patient_id, to=Right.VIEW_CHART, why=Purpose.TREATMENT)


def planning(request: HttpRequest | Request, patient_id: UUID) -> Permit:
    """A clinician plans with the patient. Raises Http404."""
    return open_patient(asker(request), patient_id, to=Right.SCHEDULE, why=Purpose.TREATMENT)


def asked_patient(request: Request) -> UUID:
    """Whose list is wanted: `?patient=`, which a patient needn't give. Raises ValidationError."""
    asked = request.query_params.get("patient")
    if asked is None and asker(request).role == Role.PATIENT:
        return asker(request).id
    try:
        return UUID(asked or "")
    except ValueError as wrong:
        raise ValidationError({"patient": ["a patient's id is needed"]}) from wrong
