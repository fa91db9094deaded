"""Who may reach which route; the door decides about the object."""

from access.routes import OWN, YES, Row

_IMAGE = {"image_id": "image"}
_PATIENT = {"patient_id": "patient"}

ROUTES = {
    "imagery:image": Row(patient=OWN, provider=OWN, supervisor=OWN, kwargs=_IMAGE),
    "imagery:style": Row(patient=YES, methods=("POST",)),
    "imagery:keep": Row(patient=OWN, kwargs=_IMAGE, methods=("POST",)),
    "imagery:remove": Row(patient=OWN, kwargs=_IMAGE, methods=("POST",)),
    "imagery:leave-out": Row(provider=OWN, kwargs=_PATIENT, methods=("POST",)),
    "imagery:let-in": Row(provider=OWN, kwargs={**_PATIENT, "veto_id": "veto"}, methods=("POST",)),
    "imagery:api-images": Row(patient=YES, provider=YES, supervisor=YES),
    "imagery:api-image": Row(patient=OWN, provider=OWN, supervisor=OWN, kwargs=_IMAGE),
    "imagery:api-image-content": Row(patient=OWN, provider=OWN, supervisor=OWN, kwargs=_IMAGE),
    "imagery:api-album": Row(patient=YES),
    "imagery:api-album-entry": Row(patient=OWN, kwargs=_IMAGE, methods=("PUT", "DELETE")),
}
