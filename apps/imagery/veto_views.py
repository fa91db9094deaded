"""A clinician sets pictures aside for one patient, or takes that back; the page itself is the providers'."""

from typing import Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.asker import asker
from access.door import Permit, Purpose, Right, open_patient
from apps.imagery import keeping
from apps.imagery.vetoes import NothingWouldStand, NotOffered, ReasonMissing, VetoUnknown

PAGE: Final = "providers:pictures"


@require_POST
def leave_out(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Set something aside, with a reason: at a picture (`image` and `what`), or a style or kind (`value`)."""
    permit = _treating(request, patient_id)
    try:
        _leave_out(permit, request)
    except NotOffered:
        messages.error(request, _("Please choose what to set aside."))
    except ReasonMissing:
        messages.error(request, _("Please write why, in a few words."))
    except NothingWouldStand:
        messages.error(request, _("This is the last one that stands; without it nothing could be painted."))
    else:
        messages.success(request, _("Set aside. It is not chosen or shown to this patient from now on."))
    return redirect(PAGE, patient_id=patient_id)


@require_POST
def let_in(request: HttpRequest, patient_id: UUID, veto_id: UUID) -> HttpResponse:
    """Take a veto back."""
    permit = _treating(request, patient_id)
    try:
        keeping.let_in(permit, veto_id, reason=request.POST.get("reason", ""), command_id=uuid4())
    except VetoUnknown as unknown:
        raise Http404 from unknown
    messages.success(request, _("Taken back. It may be chosen again."))
    return redirect(PAGE, patient_id=patient_id)


def _leave_out(permit: Permit, request: HttpRequest) -> None:
    reason, command_id = request.POST.get("reason", ""), uuid4()
    image_id = request.POST.get("image")
    if image_id is not None:
        what = request.POST.get("what", "")
        keeping.leave_out_of(permit, _identity(image_id), what, reason=reason, command_id=command_id)
        return
    what, _colon, value = request.POST.get("value", "").partition(":")
    keeping.leave_out(permit, what, value, reason=reason, command_id=command_id)


def _identity(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _treating(request: HttpRequest, patient_id: UUID) -> Permit:
    return open_patient(asker(request), patient_id, to=Right.SET_PREFERENCES, why=Purpose.TREATMENT)
