"""The patient's exercises: what to begin, what to go on with, one exercise, and what came of it."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.door import Permit
from apps.exercises import commands, entrance, selectors
from apps.exercises.aggregate import (
    ChangedElsewhere,
    EntriesMissing,
    EntriesWrong,
    Exercise,
    ExerciseClosed,
    ExerciseUnknown,
)
from apps.exercises.beside import beside
from apps.exercises.events import EXERCISE
from apps.exercises.paces import PACES
from apps.exercises.projections import Exercises
from apps.exercises.senses import SENSES
from apps.exercises.showing import Kept, line, parts, shifts, told, unkept
from apps.exercises.worksheets import WORKSHEETS, UnknownWorksheet
from eventstore import store
from eventstore.projection import wait_for
from eventstore.stream import StreamName

ENTRY: Final = "entry_"
WAIT_S: Final = 2.0


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What can be begun, what goes on, the ladders, and what was done before."""
    permit = entrance.own(request)
    _wait_for(request.GET.get("after", ""))
    lines = [line(one) for one in reversed(selectors.history(permit))]
    context = {
        "worksheets": [{"sheet": one, "key": uuid4()} for one in WORKSHEETS.values()],
        "open": [one for one in lines if one.facts.status == "open"],
        "past": [one for one in lines if one.facts.status != "open"],
        "ladders": [one for one in selectors.ladders(permit) if not one.ladder.closed],
        "today": timezone.localdate(),
    }
    return render(request, "exercises/home.html", context)


def _wait_for(exercise_id: str) -> None:
    """After a change, the list waits a moment until it shows that."""
    try:
        stream = StreamName(EXERCISE, UUID(exercise_id))
    except ValueError:
        return
    wait_for(Exercises.name, stream, store.version_of(stream), timeout_s=WAIT_S)


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Open a worksheet. The page's own key makes a double click open one, not two."""
    permit = entrance.own(request)
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid4()
    try:
        exercise_id = commands.begin(permit, request.POST.get("worksheet", ""), command_id=key)
    except UnknownWorksheet:
        messages.error(request, _("There is no such exercise."))
        return redirect("exercises:home")
    return redirect("exercises:exercise", exercise_id=exercise_id)


@require_http_methods(["GET", "POST"])
def exercise(request: HttpRequest, exercise_id: UUID) -> HttpResponse:
    """One exercise: filled in and saved, finished or put away, then shown as it is."""
    permit = entrance.own(request)
    try:
        found = selectors.exercise(permit, exercise_id)
        if request.method == "POST":
            return _post(request, permit, exercise_id, found)
    except ExerciseUnknown as unknown:
        raise Http404 from unknown
    except ExerciseClosed:
        return _closed(request, permit, exercise_id)
    if found.status != "open":
        return render(request, "exercises/record.html", _record(permit, exercise_id, found))
    return _form(request, permit, exercise_id, Kept(exercise=found), asked="open" in request.GET)


def _post(request: HttpRequest, permit: Permit, exercise_id: UUID, found: Exercise) -> HttpResponse:
    intent = request.POST.get("intent", "save")
    if intent == "take_up":
        commands.take_up(permit, exercise_id, command_id=uuid4())
        return redirect("exercises:exercise", exercise_id=exercise_id)
    kept = _save(permit, exercise_id, _given(request), seen=_seen(request, found))
    if kept.errors or kept.theirs:
        return _form(request, permit, exercise_id, kept, status=409 if kept.theirs else 422)
    if intent in ("finish", "set_aside"):
        return _put(request, permit, exercise_id, intent)
    messages.success(request, _("It is saved. You can go on whenever you like, here or on another device."))
    return redirect("exercises:exercise", exercise_id=exercise_id)


def _closed(request: HttpRequest, permit: Permit, exercise_id: UUID) -> HttpResponse:
    """It was finished or put away meanwhile: what was written since is given back, to be copied."""
    found = selectors.exercise(permit, exercise_id)
    lost = unkept(found, _given(request))
    if not lost:
        return redirect("exercises:exercise", exercise_id=exercise_id)
    context = {**_record(permit, exercise_id, found), "lost": lost}
    return render(request, "exercises/record.html", context, status=409)


def _given(request: HttpRequest) -> dict[str, str]:
    return {name.removeprefix(ENTRY): str(text) for name, text in request.POST.items() if name.startswith(ENTRY)}


def _save(permit: Permit, exercise_id: UUID, given: dict[str, str], *, seen: int) -> Kept:
    """Keep whatever can be kept, and say what can't."""
    try:
        return Kept(exercise=commands.save(permit, exercise_id, given, seen=seen, command_id=uuid4()), given=given)
    except EntriesWrong as wrong:
        rest = _save(permit, exercise_id, _without(given, wrong.errors), seen=seen)
        return replace(rest, errors={**rest.errors, **wrong.errors}, given=given)
    except ChangedElsewhere as changed:
        rest = _save(permit, exercise_id, _without(given, changed.theirs), seen=seen)
        return replace(rest, theirs={**rest.theirs, **changed.theirs}, given=given)


def _without(given: dict[str, str], names: dict[str, Any]) -> dict[str, str]:
    return {name: text for name, text in given.items() if name not in names}


def _seen(request: HttpRequest, found: Exercise) -> int:
    """The version that the page showed; without one, all that is given counts as written now."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else found.version


def _put(request: HttpRequest, permit: Permit, exercise_id: UUID, intent: str) -> HttpResponse:
    if intent == "set_aside":
        commands.set_aside(permit, exercise_id, command_id=uuid4())
        messages.success(request, _("It is put away. You can take it up again at any time."))
        return redirect(f"/exercises/?after={exercise_id}")
    try:
        commands.finish(permit, exercise_id, command_id=uuid4())
    except EntriesMissing:
        return redirect(f"{request.path}?open=1#open")
    return redirect("exercises:exercise", exercise_id=exercise_id)


def _form(
    request: HttpRequest, permit: Permit, exercise_id: UUID, kept: Kept, *, asked: bool = False, status: int = 200
) -> HttpResponse:
    worksheet = kept.exercise.worksheet
    assert worksheet is not None, "an exercise that was found was begun"  # noqa: S101 - an invariant
    shown = parts(kept, missing=worksheet.needed if asked else ())
    questions = [question for part in shown for question in part.questions]
    context = {
        "exercise_id": exercise_id,
        "worksheet": worksheet,
        "version": kept.exercise.version,
        "parts": shown,
        "missing": [question for question in questions if question.missing],
        "clashes": [question for question in questions if question.clashes],
        "wrong": [question for question in questions if question.error],
        "paces": PACES.values(),
        "senses": SENSES,
        "beside": beside(permit, exercise_id),
    }
    return render(request, "exercises/form.html", context, status=status)


def _record(permit: Permit, exercise_id: UUID, found: Exercise) -> dict[str, Any]:
    worksheet = found.worksheet
    assert worksheet is not None, "an exercise that was found was begun"  # noqa: S101 - an invariant
    return {
        "exercise_id": exercise_id,
        "worksheet": worksheet,
        "status": found.status,
        "told": told(worksheet, found.values),
        "shifts": shifts(worksheet, found.values),
        "outcome": found.values.get("outcome"),
        "beside": beside(permit, exercise_id),
    }
