"""What a patient wrote, on one page; an alert about a note leads here."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from access.asker import asker
from access.door import Purpose, Right, open_patient
from apps.providers import selectors
from apps.providers.written import entries


@require_GET
def written(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The patient's own words, newest first."""
    permit = open_patient(asker(request), patient_id, to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    line = selectors.line_of(permit, now=timezone.now())
    if line is None:
        raise Http404
    return render(request, "providers/written.html", {"line": line, "entries": entries(permit, line.alerts)})
