"""The patient's ladder: agreed to, one step at a time, stopped at any moment, always left by the calm picture."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from access.door import Permit
from apps.exercises import commands, entrance, selectors
from apps.exercises.ladder import DistressWrong, Ladder, LadderUnknown, NotNow
from apps.exercises.selectors import LadderFacts
from apps.exercises.senses import SENSES

REFUSED: Final[Mapping[str, str | Promise]] = {
    "closed": gettext_lazy("Your clinician has closed this ladder."),
    "rewritten": gettext_lazy("Your clinician changed this ladder since you opened the page. Please read it again."),
    "not_agreed": gettext_lazy("First read the ladder and say whether you agree to it."),
    "resting": gettext_lazy("This ladder rests until you and your clinician have talked."),
    "on_a_step": gettext_lazy("You are on a step already. End that one first."),
    "locked": gettext_lazy("This step isn't open yet."),
    "above_limit": gettext_lazy(
        "That is a lot right now, so this is no moment for a step. The five senses or slow breathing may help first."
    ),
    "not_on_a_step": gettext_lazy("This step has ended already."),
    "not_calm": gettext_lazy("This step has ended already."),
}


class NumberMissing(ValueError):
    """A distress from 0 to 100 is needed."""


@require_http_methods(["GET", "POST"])
def ladder(request: HttpRequest, ladder_id: UUID) -> HttpResponse:
    """One ladder: what it says, the step one is on, or the calm after it."""
    permit = entrance.own(request)
    try:
        facts = selectors.one_ladder(permit, ladder_id)
        if request.method == "POST":
            return _post(request, permit, ladder_id)
    except LadderUnknown as unknown:
        raise Http404 from unknown
    return render(request, _template(facts.ladder), _context(facts))


def _post(request: HttpRequest, permit: Permit, ladder_id: UUID) -> HttpResponse:
    try:
        _act(request, permit, ladder_id)
    except NotNow as refused:
        messages.warning(request, str(REFUSED[refused.code]))
    except (NumberMissing, DistressWrong):
        messages.error(request, _("Please give a whole number from 0 to 100."))
    return redirect("exercises:ladder", ladder_id=ladder_id)


def _act(request: HttpRequest, permit: Permit, ladder_id: UUID) -> None:
    """What the pressed button asks for. Stopping comes first and needs nothing."""
    command_id = uuid4()
    match request.POST.get("intent", ""):
        case "stop":
            commands.stop(permit, ladder_id, command_id=command_id)
        case "agree":
            commands.agree(permit, ladder_id, command_id=command_id, writing=_writing(request))
        case "withdraw":
            commands.withdraw(permit, ladder_id, command_id=command_id)
        case "begin":
            given = {"step": _number(request, "step", 12), "distress": _number(request, "distress")}
            commands.begin_step(permit, ladder_id, **given, command_id=command_id, writing=_writing(request))
        case "say" | "done" as intent:
            distress, done = _number(request, "distress"), intent == "done"
            commands.say_distress(permit, ladder_id, distress=distress, done=done, command_id=command_id)
        case "end":
            after = _number(request, "distress") if request.POST.get("distress", "").strip() else None
            commands.end_attempt(permit, ladder_id, distress=after, command_id=command_id)


def _writing(request: HttpRequest) -> int | None:
    """What the patient had before them; pages of before this was asked say nothing."""
    text = request.POST.get("writing", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _number(request: HttpRequest, name: str, most: int = 100) -> int:
    text = request.POST.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= most):
        raise NumberMissing(name)
    return int(text)


def _template(now: Ladder) -> str:
    if now.now is None:
        return "exercises/ladder.html"
    return "exercises/ladder_step.html" if now.on_a_step else "exercises/ladder_calm.html"


def _context(facts: LadderFacts) -> dict[str, object]:
    written, place = facts.ladder.written, facts.ladder.place
    steps = written.steps if written else ()
    can_begin = facts.ladder.agreed and not facts.ladder.closed and not place.resting
    rungs = [
        {"number": number, "step": step, "state": _state(number, place.step) if can_begin else ""}
        for number, step in enumerate(steps)
    ]
    now = facts.ladder.now
    return {
        "facts": facts,
        "ladder": facts.ladder,
        "written": written,
        "rungs": rungs,
        "place": place,
        "can_begin": can_begin,
        "step": steps[now.step] if now else None,
        "now": now,
        "tried": facts.tried[::-1],
        "senses": SENSES,
    }


def _state(number: int, place: int) -> str:
    if number == place:
        return "open"
    return "done" if number < place else ""
