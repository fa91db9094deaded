"""Who may reach which route; the door decides about the object."""

from access.routes import OWN, YES, Row

_IMAGE = {"image_id": "image"}
_PATIENT = {"patient_id": "patient"}
_TEMPLATE = {"template_id": "template"}

ROUTES = {
    "imagery:image": Row(patient=OWN, provider=OWN, supervisor=OWN, kwargs=_IMAGE),
    "imagery:style": Row(patient=YES, methods=("POST",)),
    "imagery:keep": Row(patient=OWN, kwargs=_IMAGE, methods=("POST",)),
    "imagery:remove": Row(patient=OWN, kwargs=_IMAGE, methods=("POST",)),
    "imagery:leave-out": Row(provider=OWN, kwargs=_PATIENT, methods=("POST",)),
    "imagery:let-in": Row(provider=OWN, kwargs={**_PATIENT, "veto_id": "veto"}, methods=("POST",)),
    "imagery:forget": Row(patient=YES, methods=("POST",)),
    # Templates are about no patient. Clinicians judge them; an administrator reads them, and decides about drafts.
    "imagery:templates": Row(provider=YES, supervisor=YES, administrator=YES),
    "imagery:templates-drafts": Row(supervisor=YES, administrator=YES, methods=("POST",)),
    "imagery:template": Row(provider=YES, supervisor=YES, administrator=YES, kwargs=_TEMPLATE),
    "imagery:template-picture": Row(provider=YES, supervisor=YES, administrator=YES, kwargs=_TEMPLATE),
    "imagery:template-review": Row(provider=YES, supervisor=YES, kwargs=_TEMPLATE, methods=("POST",)),
    "imagery:api-templates": Row(provider=YES, supervisor=YES, administrator=YES),
    "imagery:api-template": Row(provider=YES, supervisor=YES, administrator=YES, kwargs=_TEMPLATE),
    "imagery:api-template-review": Row(provider=YES, supervisor=YES, kwargs=_TEMPLATE, methods=("POST",)),
    "imagery:api-images": Row(patient=YES, provider=YES, supervisor=YES),
    "imagery:api-image": Row(patient=OWN, provider=OWN, supervisor=OWN, kwargs=_IMAGE),
    "imagery:api-image-content": Row(patient=OWN, provider=OWN, supervisor=OWN, kwargs=_IMAGE),
    "imagery:api-album": Row(patient=YES),
    "imagery:api-style": Row(patient=YES, methods=("GET", "PUT")),
    "imagery:api-learned": Row(patient=YES, methods=("GET", "DELETE")),
    "imagery:api-vetoes": Row(provider=OWN, kwargs=_PATIENT, methods=("GET", "POST")),
    "imagery:api-veto": Row(provider=OWN, kwargs={**_PATIENT, "veto_id": "veto"}, methods=("DELETE",)),
    "imagery:api-album-entry": Row(patient=OWN, kwargs=_IMAGE, methods=("PUT", "DELETE")),
}
