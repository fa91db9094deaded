"""The patient changes their album and their style; the page itself is the portal's."""

from typing import Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.asker import asker
from access.door import Permit, Purpose, Right, open_patient
from apps.imagery import keeping
from apps.imagery.album import AlbumFull
from apps.imagery.vetoes import NotOffered

PAGE: Final = "portal:album"


@require_POST
def keep(request: HttpRequest, image_id: UUID) -> HttpResponse:
    """Put a picture into the album."""
    try:
        version = keeping.keep(_own(request), image_id, command_id=uuid4())
    except AlbumFull:
        messages.error(request, _("Your album is full. Take a picture out first."))
        return redirect(PAGE)
    messages.success(request, _("The picture is in your album."))
    return redirect(f"{reverse(PAGE)}?after={version}")


@require_POST
def remove(request: HttpRequest, image_id: UUID) -> HttpResponse:
    """Take a picture out; the page then offers to put it back."""
    version = keeping.remove(_own(request), image_id, command_id=uuid4())
    return redirect(f"{reverse(PAGE)}?after={version}&taken={image_id}")


@require_POST
def style(request: HttpRequest) -> HttpResponse:
    """Choose the style of pictures to come."""
    try:
        keeping.set_style(_own(request), request.POST.get("style", ""), command_id=uuid4())
    except NotOffered:
        messages.error(request, _("That style is not offered."))
    else:
        messages.success(request, _("Saved. The pictures to come follow it where they can."))
    return redirect(PAGE)


def _own(request: HttpRequest) -> Permit:
    actor = asker(request)
    return open_patient(actor, actor.id, to=Right.SET_PREFERENCES, why=Purpose.SELF)
