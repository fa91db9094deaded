"""The patient has what was learned about them forgotten; the page itself is the portal's."""

from typing import Final
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.asker import asker
from access.door import Purpose, Right, open_patient
from apps.imagery import keeping

PAGE: Final = "portal:preferences"


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Begin anew: pictures from before teach the choice nothing more."""
    actor = asker(request)
    permit = open_patient(actor, actor.id, to=Right.SET_PREFERENCES, why=Purpose.SELF)
    keeping.forget(permit, at=timezone.now(), command_id=uuid4())
    messages.success(request, _("Forgotten. The next picture is chosen as if it were your first."))
    return redirect(PAGE)
