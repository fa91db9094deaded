"""The patient's album: the pictures they keep, and the style of those to come."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from access.asker import asker
from access.door import Permit, Purpose, Right, open_patient
from apps.imagery import selectors as imagery
from apps.portal.words import TECHNIQUE_WORDS


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What is kept, the newest first. `after` waits for a change just made, `taken` offers to put a picture back."""
    actor = asker(request)
    permit = open_patient(actor, actor.id, to=Right.VIEW_OWN, why=Purpose.SELF)
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit() and len(after) < 10:
        imagery.album_has_reached(permit, int(after))
    kept, hidden = imagery.album_in_sight(permit)
    context = {
        "kept": [{"image": one.image, "since": one.kept_at, "technique": _technique(one)} for one in kept],
        "hidden": hidden,
        "taken": _taken(request, {one.image.image_id for one in kept}),
        **_styles(permit),
    }
    return render(request, "portal/album.html", context)


def _technique(one: imagery.KeptImage) -> str:
    return str(TECHNIQUE_WORDS.get(one.image.technique, one.image.technique))


def _taken(request: HttpRequest, kept: set[UUID]) -> UUID | None:
    """The picture that was just taken out, as long as it is out."""
    try:
        taken = UUID(request.GET.get("taken", ""))
    except ValueError:
        return None
    return None if taken in kept else taken


def _styles(permit: Permit) -> dict[str, Any]:
    """The styles with the one chosen, and those that a clinician set aside; why they did is between the two of them."""
    bound = imagery.choosing(permit)
    aside = bound.standing("style")
    styles = [{"word": one, "chosen": one.key == bound.style, "aside": one.key in aside} for one in imagery.styles()]
    return {"styles": styles, "free": not bound.style}
