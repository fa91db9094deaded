"""Who may reach which route; the door decides about the object."""

from access.routes import OWN, YES, Row

_IMAGE = {"image_id": "image"}
_PATIENT = {"patient_id": "patient"}
_EXERCISE = {"exercise_id": "exercise"}
_TEMPLATE = {"template_id": "template"}
_PAIR = {"session_id": "pair"}

ROUTES = {
    "imagery:image": Row(patient=OWN, provider=OWN, supervisor=OWN, kwargs=_IMAGE),
    "imagery:style": Row(patient=YES, methods=("POST",)),
    "imagery:keep": Row(patient=OWN, kwargs=_IMAGE, methods=("POST",)),
    "imagery:remove": Row(patient=OWN, kwargs=_IMAGE, methods=("POST",)),
    "imagery:leave-out": Row(provider=OWN, kwargs=_PATIENT, methods=("POST",)),
    "imagery:let-in": Row(provider=OWN, kwargs={**_PATIENT, "veto_id": "veto"}, methods=("POST",)),
    "imagery:forget": Row(patient=YES, methods=("POST",)),
    # A picture of a thought is the patient's to ask for, to rate and to have taken away, and nobody else's.
    "imagery:wish": Row(patient=OWN, kwargs=_EXERCISE, methods=("POST",)),
    "imagery:wish-upset": Row(patient=OWN, kwargs=_EXERCISE, methods=("POST",)),
    "imagery:wish-rate": Row(patient=OWN, kwargs=_EXERCISE, methods=("POST",)),
    "imagery:api-wish": Row(patient=OWN, kwargs=_EXERCISE, methods=("GET", "POST")),
    "imagery:api-wish-upset": Row(patient=OWN, kwargs=_EXERCISE, methods=("POST",)),
    "imagery:api-wish-rate": Row(patient=OWN, kwargs=_EXERCISE, methods=("POST",)),
    # A pair is its patient's alone; clinicians see how often which arm was preferred, never what.
    "imagery:pair": Row(patient=OWN, kwargs=_PAIR, methods=("GET", "POST")),
    "imagery:pair-first": Row(patient=OWN, kwargs=_PAIR),
    "imagery:pair-second": Row(patient=OWN, kwargs=_PAIR),
    "imagery:api-pair": Row(patient=OWN, kwargs=_PAIR, methods=("GET", "POST")),
    # Templates are about no patient. Clinicians judge them; an administrator reads them, and decides about drafts.
    "imagery:templates": Row(provider=YES, supervisor=YES, administrator=YES),
    "imagery:templates-drafts": Row(supervisor=YES, administrator=YES, methods=("POST",)),
    "imagery:template": Row(provider=YES, supervisor=YES, administrator=YES, kwargs=_TEMPLATE),
    "imagery:template-picture": Row(provider=YES, supervisor=YES, administrator=YES, kwargs=_TEMPLATE),
    "imagery:template-review": Row(provider=YES, supervisor=YES, kwargs=_TEMPLATE, methods=("POST",)),
    "imagery:api-templates": Row(provider=YES, supervisor=YES, administrator=YES),
    "imagery:api-templates-drafts": Row(provider=YES, supervisor=YES, administrator=YES),
    "imagery:api-templates-drafts-decide": Row(supervisor=YES, administrator=YES, methods=("POST",)),
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
