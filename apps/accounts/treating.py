"""Who treats whom: patients whom nobody treats, now or within a month, are put on a clinician's caseload; a treatment
that has ended is handed over, or taken off.

An assignment ends after a year, and with a clinician's account; an alert of a patient on no caseload is on no page.
Whoever looks after caseloads sees ids, no names and nothing clinical.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from access import caseload
from access.asker import asker
from access.door import Purpose, Right, open_patient
from apps.accounts import selectors
from apps.accounts.forms import NOBODY, HandOverForm, TreatingForm
from apps.accounts.naming import short

SOON: Final = timedelta(days=30)


@never_cache
@require_http_methods(["GET", "POST"])
def treating(request: HttpRequest) -> HttpResponse:
    """Patients without a clinician, and those who will be; a form that gives them one from now on."""
    form = _putting(request)
    if request.method == "POST" and form.is_valid():
        _put(request, UUID(form.cleaned_data["patient"]), UUID(form.cleaned_data["provider"]))
        messages.success(request, _("Saved. The patient stands on the caseload, with what waits for a person."))
        return redirect("accounts:treating")
    return _page(request, form, _handing_over(None))


@never_cache
@require_POST
def hand_over(request: HttpRequest) -> HttpResponse:
    """End one clinician's treatment of a patient, and begin another's in the same moment where one is named."""
    form = _handing_over(request)
    if not form.is_valid():
        return _page(request, _putting(None), form)
    patient_id, provider_id = (UUID(part) for part in form.cleaned_data["entry"].split("."))
    successor = form.cleaned_data["successor"]
    # In the request's one transaction: between the two, nobody would be told of what the patient writes.
    if successor != NOBODY:
        _put(request, patient_id, UUID(successor))
    permit = open_patient(asker(request), patient_id, to=Right.MANAGE_CASELOAD, why=Purpose.OPERATIONS)
    caseload.end(provider_id, patient_id, actor=permit.actor, command_id=uuid4())
    if patient_id in selectors.untreated(timezone.now()):
        messages.warning(request, _("Saved. Nobody treats this patient now: nobody sees an alert that they raise."))
    else:  # somebody treats them, or their account is closed: they raise no alert
        messages.success(request, _("Saved. That treatment has ended."))
    return redirect("accounts:treating")


def _put(request: HttpRequest, patient_id: UUID, provider_id: UUID) -> None:
    permit = open_patient(asker(request), patient_id, to=Right.MANAGE_CASELOAD, why=Purpose.OPERATIONS)
    until = timezone.now() + caseload.USUAL_TERM
    caseload.assign(provider_id, patient_id, actor=permit.actor, until=until, command_id=uuid4())


def _putting(request: HttpRequest | None) -> TreatingForm:
    untreated, ending = _without()
    return TreatingForm(
        request.POST if request and request.method == "POST" else None,
        patients=[(str(one), short(one)) for one in (*untreated, *ending)],
        clinicians=[(str(one), name) for one, name in selectors.clinicians().items()],
    )


def _handing_over(request: HttpRequest | None) -> HandOverForm:
    names = selectors.clinicians()
    line = _("%(patient)s, treated by %(provider)s until %(date)s")
    entries = [
        (
            f"{patient}.{provider}",
            line % {"patient": short(patient), "provider": names.get(provider, "?"), "date": date_format(until)},
        )
        for (patient, provider), until in selectors.treated(timezone.now()).items()
    ]
    clinicians = [(str(one), name) for one, name in names.items()]
    return HandOverForm(request.POST if request else None, entries=entries, clinicians=clinicians, prefix="over")


def _page(request: HttpRequest, form: TreatingForm, over: HandOverForm) -> HttpResponse:
    untreated, ending = _without()
    context = {
        "form": form,
        "over": over,
        "untreated": [short(one) for one in untreated],
        "ending": [short(one) for one in ending],
        "can_assign": bool(selectors.clinicians()) and bool(untreated or ending),
        "can_end": bool(selectors.treated(timezone.now())),
    }
    return render(request, "accounts/treating.html", context, status=422 if form.is_bound or over.is_bound else 200)


def _without() -> tuple[list[UUID], list[UUID]]:
    """Patients whom nobody treats, and those whom nobody will within a month."""
    now = timezone.now()
    untreated = selectors.untreated(now)
    return untreated, [one for one in selectors.untreated(now + SOON) if one not in untreated]
