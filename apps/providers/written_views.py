"""What a patient wrote, on one page; an alert about a note leads here."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from access.asker import asker
from access.door import Purpose, Right, open_patient
from apps.providers import selectors
from apps.providers.lateness import late_since
from apps.providers.raised import raised
from apps.providers.unread import unread
from apps.providers.written import MOST, entries


@require_GET
def written(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The patient's own words, newest first; `all` asks for more than MOST."""
    permit = open_patient(asker(request), patient_id, to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    late, line = late_since(), selectors.line_of(permit, now=timezone.now())
    if line is None:
        raise Http404
    every = entries(permit, line.alerts)
    shown = every if "all" in request.GET else every[:MOST]
    context = {
        "line": line,
        "entries": shown,
        "older": len(every) - len(shown),
        "raised": raised(permit, line.alerts),
        "unread": unread([patient_id]).get(patient_id, 0),
        "late_since": late,
    }
    return render(request, "providers/written.html", context)
