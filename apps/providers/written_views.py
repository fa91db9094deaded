"""What a patient wrote, on one page; an alert about a note leads here."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from access.asker import asker
from access.door import Purpose, Right, open_patient
from apps.providers import selectors
from apps.providers.raised import raised
from apps.providers.reading import READ_LATE
from apps.providers.written import entries
from eventstore import jobs


@require_GET
def written(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The patient's own words, newest first."""
    permit = open_patient(asker(request), patient_id, to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    line = selectors.line_of(permit, now=timezone.now())
    if line is None:
        raise Http404
    unread = jobs.failing(READ_LATE, patient_id=str(patient_id))
    found = {"entries": entries(permit, line.alerts), "raised": raised(permit, line.alerts)}
    context = {"line": line, **found, "unread": unread}
    return render(request, "providers/written.html", context)
