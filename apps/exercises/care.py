"""The clinician's pages: what a patient did, one exercise as it was written, and ladders to write together."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from access.door import Permit
from apps.exercises import commands, entrance, selectors
from apps.exercises.aggregate import ExerciseUnknown
from apps.exercises.beside import beside
from apps.exercises.events import LadderWritten, Step
from apps.exercises.exposure import MOST_STEPS
from apps.exercises.ladder import LadderUnknown, LadderWrong, NotNow
from apps.exercises.selectors import LadderFacts
from apps.exercises.showing import line, shifts, told
from apps.patients import selectors as patients

SPARE_ROWS = 3
USUAL = {"limit": 80, "times": 2}
REFUSED: Final[Mapping[str, str | Promise]] = {
    "closed": gettext_lazy("This ladder is closed."),
    "on_a_step": gettext_lazy(
        "The patient is on a step of this ladder, or on its calm picture. It can be changed when they have ended that, "
        "or have left the calm picture open for long."
    ),
}
"""What the rules refuse a clinician, in words for the clinician."""


@require_GET
def of_patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Everything a patient did, newest first, and the ladders."""
    permit = entrance.chart(request, patient_id)
    lines = [line(one) for one in reversed(selectors.history(permit))]
    context = {"who": _who(permit), "patient_id": patient_id, "lines": lines, "ladders": selectors.ladders(permit)}
    return render(request, "exercises/care.html", context)


@require_GET
def record(request: HttpRequest, patient_id: UUID, exercise_id: UUID) -> HttpResponse:
    """One exercise, drafts included."""
    permit = entrance.chart(request, patient_id)
    try:
        found = selectors.facts(permit, exercise_id)
    except ExerciseUnknown as unknown:
        raise Http404 from unknown
    context = {
        "who": _who(permit),
        "patient_id": patient_id,
        "facts": found,
        "worksheet": found.worksheet,
        "told": told(found.worksheet, found.values),
        "shifts": shifts(found.worksheet, found.values),
        "beside": beside(permit, exercise_id),
    }
    return render(request, "exercises/care_record.html", context)


@require_http_methods(["GET", "POST"])
def new_ladder(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Write a ladder for the patient to agree to."""
    permit = entrance.planning(request, patient_id)
    if request.method == "POST":
        return _write(request, permit, None)
    return _page(request, permit, None, USUAL | {"rows": _rows((), ())})


@require_http_methods(["GET", "POST"])
def edit_ladder(request: HttpRequest, patient_id: UUID, ladder_id: UUID) -> HttpResponse:
    """One ladder: how it went, and writing it anew or closing it."""
    permit = entrance.planning(request, patient_id)
    try:
        facts = selectors.one_ladder(permit, ladder_id)
    except LadderUnknown as unknown:
        raise Http404 from unknown
    if request.method == "POST":
        return (
            _close(request, permit, ladder_id)
            if request.POST.get("intent") == "close"
            else _write(request, permit, facts)
        )
    return _page(request, permit, facts, _given(facts.ladder.written))


def _write(request: HttpRequest, permit: Permit, facts: LadderFacts | None) -> HttpResponse:
    ladder_id = facts.id if facts else None
    try:
        written = commands.write_ladder(permit, _wanted(request), command_id=uuid4(), ladder_id=ladder_id)
    except (LadderWrong, NotNow) as wrong:
        said = REFUSED[wrong.code] if isinstance(wrong, NotNow) else str(wrong)
        return _page(request, permit, facts, _typed(request) | {"error": said}, status=422)
    messages.success(request, _("Written. The patient sees it and is asked to agree before any step can be begun."))
    return redirect("exercises:edit-ladder", patient_id=permit.patient_id, ladder_id=written)


def _close(request: HttpRequest, permit: Permit, ladder_id: UUID) -> HttpResponse:
    try:
        commands.close_ladder(permit, ladder_id, command_id=uuid4())
    except NotNow as refused:
        messages.warning(request, str(REFUSED[refused.code]))
    else:
        messages.success(request, _("The ladder is closed; its record stays."))
    return redirect("exercises:of-patient", patient_id=permit.patient_id)


def _wanted(request: HttpRequest) -> LadderWritten:
    """The form as a ladder; rows without text are left out. Raises LadderWrong."""
    texts, points = request.POST.getlist("text"), request.POST.getlist("expected")
    rows = [(text.strip(), expected) for text, expected in zip_longest(texts, points, fillvalue="") if text.strip()]
    return LadderWritten(
        title=request.POST.get("title", "").strip(),
        steps=tuple(Step(text=text, expected=_number(expected)) for text, expected in rows),
        limit=_number(request.POST.get("limit", "")),
        times=_number(request.POST.get("times", "")),
    )


def _number(text: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise LadderWrong(_("Distress, limit and times need whole numbers; distress goes from 0 to 100."))
    return int(text)


def _given(written: LadderWritten | None) -> dict[str, Any]:
    if written is None:
        return USUAL | {"rows": _rows((), ())}
    rows = _rows([step.text for step in written.steps], [str(step.expected) for step in written.steps])
    return {"title": written.title, "limit": written.limit, "times": written.times, "rows": rows}


def _typed(request: HttpRequest) -> dict[str, Any]:
    rows = _rows(request.POST.getlist("text"), request.POST.getlist("expected"))
    return {name: request.POST.get(name, "") for name in ("title", "limit", "times")} | {"rows": rows}


def _rows(texts: Any, points: Any) -> list[tuple[str, str]]:
    """What stands in the rows, with some empty ones to fill."""
    filled = [pair for pair in zip_longest(texts, points, fillvalue="") if any(pair)]
    wanted = min(MOST_STEPS, max(len(filled) + SPARE_ROWS, 6))
    return [*filled, *[("", "")] * (wanted - len(filled))]


def _page(
    request: HttpRequest, permit: Permit, facts: LadderFacts | None, given: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = {
        "who": _who(permit),
        "patient_id": permit.patient_id,
        "facts": facts,
        "ladder": facts.ladder if facts else None,
        "tried": facts.tried[::-1] if facts else (),
        "given": given,
    }
    return render(request, "exercises/care_ladder.html", context, status=status)


def _who(permit: Permit) -> str:
    """The patient's name, else the label."""
    found = patients.get_patients([permit])
    return (found[0].name or found[0].label) if found else ""
