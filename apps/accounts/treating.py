"""Who treats whom: patients whom nobody treats, now or within a month, are put on a clinician's caseload.

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
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from access import caseload
from access.asker import asker
from access.door import Purpose, Right, open_patient
from apps.accounts import selectors
from apps.accounts.forms import TreatingForm

SOON: Final = timedelta(days=30)


@never_cache
@require_http_methods(["GET", "POST"])
def treating(request: HttpRequest) -> HttpResponse:
    """Patients without a clinician, and those who will be; a form that gives them one from now on."""
    now = timezone.now()
    untreated, names = selectors.untreated(now), selectors.clinicians()
    ending = [one for one in selectors.untreated(now + SOON) if one not in untreated]
    form = TreatingForm(
        request.POST or None,
        patients=[(str(one), _short(one)) for one in (*untreated, *ending)],
        clinicians=[(str(one), name) for one, name in names.items()],
    )
    if request.method == "POST" and form.is_valid():
        patient_id, provider_id = (UUID(form.cleaned_data[name]) for name in ("patient", "provider"))
        permit = open_patient(asker(request), patient_id, to=Right.MANAGE_CASELOAD, why=Purpose.OPERATIONS)
        until = now + caseload.USUAL_TERM
        caseload.assign(provider_id, patient_id, actor=permit.actor, until=until, command_id=uuid4())
        messages.success(request, _("Saved. The patient stands on the caseload, with what waits for a person."))
        return redirect("accounts:treating")
    context = {
        "form": form,
        "untreated": [_short(one) for one in untreated],
        "ending": [_short(one) for one in ending],
        "can_assign": bool(names) and bool(untreated or ending),
    }
    return render(request, "accounts/treating.html", context, status=422 if form.is_bound else 200)


def _short(patient_id: UUID) -> str:
    """As the access log shows a patient to those who read no charts."""
    return patient_id.hex[:8]
