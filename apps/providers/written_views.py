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
from apps.providers.written import entries


@require_GET
def written(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The patient's own words, newest first."""
    permit = open_patient(asker(request), patient_id, to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    late, line = late_since(), selectors.line_of(permit, now=timezone.now())
    if line is None:
        raise Http404
    found = {"entries": entries(permit, line.alerts), "raised": raised(permit, line.alerts)}
    unread_ones = unread([patient_id]).get(patient_id, 0)
    context = {"line": line, **found, "unread": unread_ones, "late_since": late}
    return render(request, "providers/written.html", context)
