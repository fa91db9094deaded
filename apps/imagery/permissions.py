"""Who may reach which route; the door decides about the object."""

from access.routes import OWN, YES, Row

_IMAGE = {"image_id": "image"}

ROUTES = {
    "imagery:image": Row(patient=OWN, provider=OWN, supervisor=OWN, kwargs=_IMAGE),
    "imagery:api-images": Row(patient=YES, provider=YES, supervisor=YES),
    "imagery:api-image": Row(patient=OWN, provider=OWN, supervisor=OWN, kwargs=_IMAGE),
    "imagery:api-image-content": Row(patient=OWN, provider=OWN, supervisor=OWN, kwargs=_IMAGE),
}
