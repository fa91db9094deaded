"""A picture's file. Each look at it goes through the door and stands in the access trail."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from access.asker import asker
from access.door import Permit, Purpose, Right, open_patient
from access.roles import Role
from apps.imagery import selectors
from eventstore.actor import Actor
from vault.blobs import Blob


@require_safe
def image(request: HttpRequest, image_id: UUID) -> HttpResponse:
    """The file, for the patient's own page and the chart of whoever treats them."""
    return as_file(selectors.image_bytes(reader(asker(request), image_id), image_id))


def reader(actor: Actor, image_id: UUID) -> Permit:
    """The door to the patient whose picture it is. An unknown picture looks like a forbidden one."""
    patient_id = selectors.patient_of(image_id) or image_id
    if actor.role == Role.PATIENT:
        return open_patient(actor, patient_id, to=Right.VIEW_OWN, why=Purpose.SELF)
    return open_patient(actor, patient_id, to=Right.VIEW_CHART, why=Purpose.TREATMENT)


def as_file(blob: Blob) -> HttpResponse:
    """The bytes, kept by nobody on the way and never taken for anything else than a picture."""
    response = HttpResponse(blob.data, content_type=blob.media_type)
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response
