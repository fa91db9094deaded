"""The clinician's pages: who needs a person first, one patient's chart, the alerts."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.asker import asker
from access.door import Purpose, Right, open_caseload, open_patient
from apps.accounts.selectors import staff_names
from apps.providers import commands, selectors
from apps.providers.aggregate import AlreadyReviewed, LedgerBehind, RaisedMeanwhile, ReasonMissing
from apps.providers.charting import chart_of
from apps.providers.charts.spark import spark
from apps.providers.events import CATEGORY as REVIEW
from apps.providers.flags import flags
from apps.providers.lateness import late_since
from apps.providers.line import Line
from apps.providers.projections import Caseload
from apps.providers.selectors import AlertUnknown, PatientAlert
from apps.providers.tiles import tiles
from apps.providers.unread import unread
from eventstore.errors import WrongExpectedVersion
from eventstore.projection import wait_for
from eventstore.stream import StreamName

WAIT_S: Final = 2.0
MOST_SEEN_TO: Final = 100
"""Of the alerts that were seen to, the last ones; none that waits is ever left out."""
_NOT_TAKEN: Final[dict[type[Exception], tuple[int, str | Promise]]] = {
    ReasonMissing: (422, gettext_lazy("Please write what you did, or why nothing was needed.")),
    RaisedMeanwhile: (
        409,
        gettext_lazy("It was raised higher, or more was written, since you opened the page. Please read it again."),
    ),
    LedgerBehind: (
        503,
        gettext_lazy(
            "Your note was not saved: the list of alerts is behind the record, so more may have been raised. What you "
            "wrote is still there; please try again in a minute."
        ),
    ),
}


@require_http_methods(["GET", "POST"])
def caseload(request: HttpRequest) -> HttpResponse:
    """The caseload; a POST searches it, so that no name ever stands in an address."""
    now, late = timezone.now(), late_since()
    lines = selectors.caseload(open_caseload(asker(request), why=Purpose.TREATMENT), now=now)
    words = request.POST.get("words", "")
    shown = selectors.matching(lines, words) if words else lines
    rows = [
        {"line": line, "flags": flags(line, now=now), "spark": spark(line.phq.points, now=now), "due": _due(line)}
        for line in shown
    ]
    context = {"rows": rows, "tiles": tiles(lines, now=now), "words": words, "late_since": late, **_unread(lines)}
    return render(request, "providers/caseload.html", context)


@require_GET
def chart(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Everything about one patient on a page that prints well."""
    permit = open_patient(asker(request), patient_id, to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    late, found = late_since(), chart_of(permit, now=timezone.now())
    if found is None:
        raise Http404
    context = {"chart": found, "names": _names([found["line"]]), "late_since": late, **_unread([found["line"]])}
    return render(request, "providers/chart.html", context)


@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """The alert ledger of one's patients: what waits, and what was seen to by whom."""
    _wait_for_review(request)
    return _ledger(request)


def _ledger(request: HttpRequest, status: int = 200, **kept: str) -> HttpResponse:
    """The page; `kept_for` is the alert of which `kept` was written and not taken: nobody has to write it twice.

    `unsaved` was written about an alert that somebody else had acknowledged by then.
    """
    permits, late = open_caseload(asker(request), why=Purpose.TREATMENT), late_since()
    lines = selectors.caseload(permits, now=timezone.now())
    found = selectors.alerts(lines)
    seen_to = sorted((one for one in found if one.alert.review), key=_seen_to_at, reverse=True)
    context = {
        "waiting": [one for one in found if one.alert.review is None],
        "seen_to": seen_to[:MOST_SEEN_TO],
        "older": len(seen_to[MOST_SEEN_TO:]),
        "names": _names(lines),
        "late_since": late,
        **_unread(lines),
        **kept,
    }
    return render(request, "providers/alerts.html", context, status=status)


@require_POST
def acknowledge(request: HttpRequest, patient_id: UUID, alert_id: UUID) -> HttpResponse:
    """Take note of one alert, with a reason."""
    permit = open_patient(asker(request), patient_id, to=Right.ACKNOWLEDGE, why=Purpose.TREATMENT)
    reason, seen = request.POST.get("reason", ""), request.POST.get("seen")
    try:
        commands.acknowledge(permit, alert_id, reason=reason, command_id=uuid4(), seen=seen)
    except AlertUnknown as unknown:
        raise Http404 from unknown
    except (ReasonMissing, RaisedMeanwhile, LedgerBehind) as refused:
        status, told = _NOT_TAKEN[type(refused)]
        messages.error(request, str(told))
        return _ledger(request, status, kept_for=str(alert_id), kept=reason)
    except (AlreadyReviewed, WrongExpectedVersion):
        if selectors.review_of(alert_id) != (permit.actor.id, reason.strip()):  # else the same was sent twice
            _wait_for(alert_id)
            return _ledger(request, 409, unsaved=reason)
    messages.success(request, _("Acknowledged. Your note stands in the record."))
    return redirect(f"/alerts/?after={alert_id}")


def _wait_for_review(request: HttpRequest) -> None:
    """After acknowledging, the list waits a moment until it shows that."""
    try:
        _wait_for(UUID(request.GET.get("after", "")))
    except ValueError:
        return


def _wait_for(alert_id: UUID) -> None:
    wait_for(Caseload.name, StreamName(REVIEW, alert_id), 1, timeout_s=WAIT_S)


def _seen_to_at(one: PatientAlert) -> str:
    return one.alert.review.at if one.alert.review else ""


def _unread(lines: Sequence[Line]) -> dict[str, Any]:
    """How many of these patients' texts nobody has read, and whose they are."""
    found = unread(line.patient_id for line in lines)
    return {"unread": sum(found.values()), "unread_of": [line for line in lines if line.patient_id in found]}


def _names(lines: list[Line]) -> dict[str, str]:
    """Who acknowledged, by account id."""
    ids = {UUID(alert.review.by) for line in lines for alert in line.alerts if alert.review}
    return {str(user_id): name for user_id, name in staff_names(ids).items()}


def _due(line: Line) -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "title": one.instrument.title,
            "since": one.since,
            "is_due": one.is_due(now),
            "is_overdue": one.is_overdue(now),
        }
        for one in line.due
    ]
