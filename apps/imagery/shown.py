"""How pictures look on the session's socket."""

from django.urls import reverse

from apps.imagery.events import CATEGORY, ImageShown, ImageWithdrawn, RequestEnded
from apps.sessions.socket import Body, register_category, register_durable
from eventstore.recorded import Recorded


def _image(event: ImageShown, _: Recorded) -> Body:
    return {
        "type": "image",
        "image_id": str(event.image_id),
        "request_id": str(event.request_id),
        "url": reverse("imagery:image", args=[event.image_id]),
        "alt": event.alt,
        "line": event.line,
        "technique": event.technique,
        "why": list(event.why),
        "fallback": bool(event.fallback),
        "model": event.model,
        "latency_ms": event.latency_ms,
    }


def _ended(event: RequestEnded, _: Recorded) -> Body | None:
    """Only what the patient waits for is worth a word; a session that ended says so itself."""
    if event.reason != "nothing_stands":
        return None
    return {
        "type": "notice",
        "code": "no_picture",
        "detail": "No picture suits what you asked not to see, so there is none this time.",
    }


def _withdrawn(event: ImageWithdrawn, _: Recorded) -> Body:
    return {
        "type": "notice",
        "code": "image_withdrawn",
        "image_id": str(event.image_id),
        "detail": "The picture was taken away, and none of its kind will come again. Your clinician can see that you "
        "pressed this.",
    }


def register() -> None:
    register_category(CATEGORY)
    register_durable(ImageShown, _image)
    register_durable(RequestEnded, _ended)
    register_durable(ImageWithdrawn, _withdrawn)
