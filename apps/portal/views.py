"""The patient's own pages. Each opens the patient's own record, and that too stands in the trail."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from access.asker import asker
from access.door import Purpose, Right, open_patient
from access.selectors import accesses_of_patient
from apps.accounts.selectors import staff_names
from apps.assessments import selectors as assessments
from apps.patients import selectors as patients
from apps.patients.consent import CURRENT
from apps.patients.events import PURPOSES
from apps.portal.trail import visits

ROWS: Final = 500


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is due, and what the patient agreed to; the rest is a page away."""
    actor = asker(request)
    permit = open_patient(actor, actor.id, to=Right.VIEW_OWN, why=Purpose.SELF)
    patient, now = patients.now(permit), timezone.now()
    context = {
        "patient": patient,
        "due": [one for one in assessments.due(assessments.history(permit)) if one.is_due(now)],
        "purposes": [{"text": CURRENT[key], "given": key in patient.consents} for key in PURPOSES],
    }
    return render(request, "portal/home.html", context)


@require_GET
def access(request: HttpRequest) -> HttpResponse:
    """Who saw the record, in plain words. Reading this stands in the trail as well."""
    actor = asker(request)
    permit = open_patient(actor, actor.id, to=Right.VIEW_ACCESS, why=Purpose.SELF)
    lines = accesses_of_patient(permit)
    # Apart, so that no number of own visits pushes anybody else's off the page.
    others, mine = list(lines.exclude(actor_id=actor.id)[: ROWS + 1]), list(lines.filter(actor_id=actor.id)[: ROWS + 1])
    names = staff_names({row.actor_id for row in others[:ROWS]})
    context = {
        "others": visits(others[:ROWS], patient_id=actor.id, names=names),
        "mine": visits(mine[:ROWS], patient_id=actor.id, names={}),
        "others_cut": len(others) > ROWS,
        "mine_cut": len(mine) > ROWS,
        "rows": ROWS,
    }
    return render(request, "portal/access.html", context)


@require_GET
def help_now(request: HttpRequest) -> HttpResponse:
    """Where to find a person at once. Public, works signed out, leaves no trace."""
    return render(request, "portal/help_now.html")
