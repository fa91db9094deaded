"""The pictures of one patient, for whoever treats them: filtered, with scores, and with what was set aside."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from access.asker import asker
from access.door import Permit, Purpose, Right, open_patient
from access.roles import Role
from apps.accounts.selectors import staff_names
from apps.imagery import selectors as imagery
from apps.patients.selectors import get_patients
from apps.providers.picture_words import named_choices, of_veto
from apps.providers.pictures import asked, part

MOST: Final = 1000


@require_GET
def pictures(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """A page of pictures, the newest first, as the filters in the address say."""
    actor = asker(request)
    permit = open_patient(actor, patient_id, to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    every = imagery.shown_images(permit, limit=MOST)
    filters = asked(request.GET)
    found = [image for image in every if filters.takes(image)]
    shown, behind = part(found, request.GET.get("after", ""))
    context = {
        "patient": next(iter(get_patients([permit])), None),
        "patient_id": patient_id,
        "images": shown,
        "behind": behind,
        "count": len(found),
        "every": len(every),
        "cut": len(every) == MOST,
        "filters": named_choices(filters),
        "filtered": bool(filters.wanted),
        "query": "&".join(f"{name}={value}" for name, value in filters.wanted.items()),
        "may_set_aside": actor.role == Role.PROVIDER,
        "paired": imagery.paired_choices(permit),
        **_bounds(permit, every),
    }
    return render(request, "providers/pictures.html", context)


def _bounds(permit: Permit, every: Sequence[imagery.ShownImage]) -> dict[str, Any]:
    """The vetoes, standing and taken back, and what may still be set aside."""
    bound = imagery.choosing(permit)
    ids = {veto.by for veto in bound.vetoes} | {veto.lifted.by for veto in bound.vetoes if veto.lifted}
    names = staff_names(ids) if ids else {}
    alts = {image.image_id: image.alt for image in every}
    told = [of_veto(veto, names, alts) for veto in reversed(bound.vetoes)]
    return {
        "standing": [one for one in told if one["lifted"] is None],
        "lifted": [one for one in told if one["lifted"]],
        "style": next((one.word for one in imagery.styles() if one.key == bound.style), ""),
        "styles": [one for one in imagery.styles() if one.key not in bound.standing("style")],
        "kinds": [one for one in imagery.kinds() if one.key not in bound.standing("kind")],
    }
