"""The patient's session pages: prepare, agree, start, and the live page. All that is live goes over the socket."""

from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from access.door import Permit, Purpose, Right, open_patient
from apps.patients import commands as patients
from apps.patients.consent import CURRENT
from apps.sessions import commands, consents, selectors
from apps.sessions.aggregate import Phase, Session
from apps.sessions.starting import begin
from eventstore.actor import Actor
from ml.vocabulary import EMOTIONS

_LABELS = {
    "anger": _("Anger"),
    "disgust": _("Disgust"),
    "fear": _("Fear"),
    "happiness": _("Happiness"),
    "sadness": _("Sadness"),
    "surprise": _("Surprise"),
    "neutral": _("Neutral"),
}


@never_cache
@require_GET
def prepare(request: HttpRequest) -> HttpResponse:
    """What will happen, what the patient agrees to, and whether the camera sees enough."""
    permit = _own(request, Right.RUN_SESSION)
    given = consents.standing(permit.patient_id)
    purposes = [
        {"key": text.purpose, "title": text.title, "explanation": text.explanation, "given": text.purpose in given}
        for text in CURRENT.values()
    ]
    context = {
        "purposes": purposes,
        "open_session_id": selectors.open_session_of(permit),
        "camera_consent": "camera" in given,
        "images_consent": "images" in given,
    }
    return render(request, "sessions/prepare.html", context)


@require_POST
def consent(request: HttpRequest) -> HttpResponse:
    """Each purpose as ticked; one that is not ticked is taken back."""
    permit = _own(request, Right.CONSENT)
    ticked = request.POST.getlist("consent")
    for purpose in CURRENT:
        change = patients.give_consent if purpose in ticked else patients.withdraw_consent
        change(permit.patient_id, purpose=purpose, actor=permit.actor, command_id=uuid4())
    return redirect("care_sessions:prepare")


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Open a session, and end one that was left open: there is one at a time."""
    permit = _own(request, Right.RUN_SESSION)
    session_id = begin(permit, camera=request.POST.get("camera") == "on", command_id=uuid4())
    return redirect("care_sessions:live", session_id=session_id)


@never_cache
@require_GET
def live(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The page on which a session happens."""
    session = _own_session(request, session_id)
    given = consents.standing(session.patient_id) if session.patient_id else frozenset()
    context = {
        "session_id": session_id,
        "camera": session.camera and "camera" in given,
        "ended": session.phase is Phase.ENDED,
        "opened_at": session.opened_at,
        "emotions": [{"key": emotion, "label": _LABELS[emotion]} for emotion in EMOTIONS],
        "images_consent": "images" in given,
    }
    return render(request, "sessions/live.html", context)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.user.actor  # type: ignore[union-attr]  # the gate lets only patients through
    return actor


def _own(request: HttpRequest, right: Right) -> Permit:
    actor = _actor(request)
    return open_patient(actor, actor.id, to=right, why=Purpose.SELF)


def _own_session(request: HttpRequest, session_id: UUID) -> Session:
    actor = _actor(request)
    session = commands.load(session_id)
    open_patient(actor, session.patient_id or actor.id, to=Right.RUN_SESSION, why=Purpose.SELF)
    if session.phase is Phase.ABSENT:
        raise Http404("no such session")
    return session
