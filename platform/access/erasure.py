"""What access does when a patient is erased: nobody treats or was granted that record any more; who looked stays."""

from uuid import UUID

from django.utils import timezone

from access import caseload
from access.models import Assignment, PatientGrant, PatientHandle, UsedKey
from eventstore.actor import Actor
from eventstore.erasure import register_eraser, register_free_of_patient_data


def close_the_door(patient_id: UUID) -> None:
    """End every assignment, drop every grant. May run twice. The rows that stay hold ids and times alone."""
    caseload.end_all_of(patient_id, actor=Actor.system("erasure"))
    PatientGrant.objects.filter(content_object_id=patient_id, ends_at__gt=timezone.now()).delete()
    PatientHandle.objects.filter(pk=patient_id).delete()


def register_own() -> None:
    register_eraser("access", close_the_door, (Assignment, PatientGrant, PatientHandle))
    register_free_of_patient_data(UsedKey._meta.db_table, "keyed digests of requests, dropped after a day")
