"""The patient's session pages: prepare, agree, start, and the live page. All that is live goes over the socket."""

from uuid import UUID, uuid4, uuid5

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from access.door import Permit, Purpose, Right, open_patient
from apps.patients import commands as patients
from apps.patients import selectors as patient_facts
from apps.patients.consent import CURRENT, ticked_in
from apps.sessions import commands, selectors
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
    patient = patient_facts.now(permit)
    given = patient.consents
    purposes = [
        {"key": text.purpose, "version": text.version, "title": text.title, "explanation": text.explanation,
         "given": text.purpose in given}
        for text in CURRENT.values()
    ]  # fmt: skip
    context = {
        "purposes": purposes,
        "seen": patient.version,
        "open_session_id": selectors.open_session_of(permit),
        "camera_consent": "camera" in given,
        "images_consent": "images" in given,
        "key": uuid4(),
    }
    return render(request, "sessions/prepare.html", context)


@require_POST
def consent(request: HttpRequest) -> HttpResponse:
    """Each purpose that was changed on the page; one that is not ticked any more is taken back."""
    _agree(request)
    return redirect("care_sessions:prepare")


def _agree(request: HttpRequest) -> None:
    permit = _own(request, Right.CONSENT)
    patients.agree(permit.patient_id, **ticked_in(request.POST), actor=permit.actor, command_id=uuid4())


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Open a session, and end one that was left open: there is one at a time. The page's consents are set first."""
    permit = _own(request, Right.RUN_SESSION)
    if "asked" in request.POST:
        _agree(request)
    session_id = begin(permit, camera=request.POST.get("camera") == "on", command_id=_page_key(request, permit))
    return redirect("care_sessions:live", session_id=session_id)


def _page_key(request: HttpRequest, permit: Permit) -> UUID:
    """One session a page, however often its button is pressed; a page left from an ended one begins anew."""
    try:
        wanted = uuid5(permit.patient_id, str(UUID(request.POST.get("key", ""))))
    except ValueError:
        return uuid4()
    return uuid4() if commands.load(wanted).phase is Phase.ENDED else wanted


@never_cache
@require_GET
def live(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The page on which a session happens."""
    session = _own_session(request, session_id)
    given = patient_facts.consents(session.patient_id) if session.patient_id else frozenset()
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
