"""Two pictures to compare: a page whose middle the session's last page fetches. Blind: by place, not by arm."""

from typing import Any, Final
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from access.asker import asker
from access.door import Permit, Purpose, Right, open_patient
from apps.imagery import pair_selectors, pairing, pairs
from apps.imagery.pair_selectors import ANSWERED, AWAITED, CLOSED, NONE, OPEN, PairShown
from apps.imagery.pairs import NoSuchAnswer, PairAnswered, PairClosed, PairUnknown
from apps.imagery.views import as_file
from apps.sessions import commands as sessions
from eventstore.actor import Actor

PART: Final = "part"
_BUTTONS: Final = {"skip": pairs.SKIPPED, "upset": pairs.UPSET}
"""What answers without a choice between the pictures."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The question, the answer to it, and thanks. With `?part`: its middle alone, 204 while it may still come."""
    if request.method == "POST":
        return _answer(request, session_id)
    shown = pair_selectors.shown_pair(opened(asker(request), session_id, Right.VIEW_OWN), session_id)
    if PART not in request.GET:
        return render(request, "imagery/pair.html", _context(session_id, shown))
    if shown.state == NONE:
        raise Http404("no pair")
    if shown.state == AWAITED:
        return HttpResponse(status=204)
    return render(request, "imagery/_pair.html", _context(session_id, shown))


@require_safe
def picture(request: HttpRequest, session_id: UUID, place: str) -> HttpResponse:
    """The file of one of the two, while the question stands; gone (410) once it doesn't."""
    permit = opened(asker(request), session_id, Right.VIEW_OWN)
    if pair_selectors.shown_pair(permit, session_id).state in (ANSWERED, CLOSED):
        return HttpResponse(status=410)
    return as_file(pair_selectors.pair_picture(permit, session_id, place))


def opened(actor: Actor, session_id: UUID, right: Right) -> Permit:
    """The door to one's own session. An unknown session looks like another's."""
    patient_id = sessions.load(session_id).patient_id or session_id
    return open_patient(actor, patient_id, to=right, why=Purpose.SELF)


def _answer(request: HttpRequest, session_id: UUID) -> HttpResponse:
    permit = opened(asker(request), session_id, Right.RUN_SESSION)
    given = next((answer for name, answer in _BUTTONS.items() if name in request.POST), request.POST.get("choice", ""))
    try:
        pairing.choose(permit, session_id, given, at=timezone.now(), command_id=uuid4())
    except PairUnknown as unknown:
        raise Http404("no pair") from unknown
    except NoSuchAnswer:
        return _again(request, permit, session_id, _("Please choose one of the three, or skip the question."), 422)
    except PairAnswered:
        return _again(request, permit, session_id, _("You answered this already; your first answer stands."), 409)
    except PairClosed:
        return _again(request, permit, session_id, _("This question is closed, and nothing was kept."), 409)
    return redirect("imagery:pair", session_id=session_id)


def _again(request: HttpRequest, permit: Permit, session_id: UUID, error: str, status: int) -> HttpResponse:
    shown = pair_selectors.shown_pair(permit, session_id)
    return render(request, "imagery/pair.html", _context(session_id, shown) | {"error": error}, status=status)


def _context(session_id: UUID, shown: PairShown) -> dict[str, Any]:
    return {"session_id": session_id, "pair": shown, "open": shown.state == OPEN}
