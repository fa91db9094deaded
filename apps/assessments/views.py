"""The patient's questionnaires: what is due, one form, and its result."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.asker import asker
from access.door import Permit, Purpose, Right, open_patient
from apps.accounts.selectors import is_treated
from apps.assessments import commands, selectors
from apps.assessments.aggregate import (
    AnswersMissing,
    Assessment,
    AssessmentClosed,
    AssessmentStale,
    AssessmentUnknown,
    open_items,
)
from apps.assessments.instruments import OFFERED, UnknownInstrument, instrument
from apps.assessments.scoring import WrongAnswers


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is due, what was begun, and what was handed in before."""
    return _home(request, _own(request))


def _home(request: HttpRequest, permit: Permit, *, help_now: bool = False, status: int = 200) -> HttpResponse:
    forms = selectors.history(permit)
    now = timezone.now()
    begun = selectors.begun(forms, now)
    offers = [
        {"due": one, "instrument": one.instrument, "is_due": one.is_due(now), "begun": begun.get(one.instrument.key)}
        for one in selectors.due(forms)
    ]
    past = [one for one in reversed(forms) if one.closed_at is not None]
    context = {"offers": offers, "past": past, "help_now": help_now, "is_treated": _is_treated(permit)}
    return render(request, "assessments/home.html", context, status=status)


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Open a form, or go on with the one that's open."""
    permit = _own(request)
    try:
        key = _offered(request.POST.get("instrument", ""))
    except UnknownInstrument:
        messages.error(request, _("There is no such questionnaire."))
        return redirect("assessments:home")
    ordinal = selectors.ordinal(selectors.history(permit), key, timezone.now())
    assessment_id = commands.start(permit.patient_id, key=key, ordinal=ordinal, actor=permit.actor, command_id=uuid4())
    return redirect("assessments:form", assessment_id=assessment_id)


def _offered(key: str) -> str:
    """Raises UnknownInstrument: known or not, patients aren't asked to fill it in."""
    found = instrument(key)
    if found not in OFFERED:
        raise UnknownInstrument(key)
    return found.key


@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """One form: answered, saved, handed in, then shown with its result."""
    permit = _own(request)
    try:
        found = selectors.form(permit, assessment_id)
        if request.method == "POST" and found.scored is None:
            return _post(request, permit, assessment_id, found)
    except AssessmentUnknown as unknown:
        raise Http404 from unknown
    except WrongAnswers:
        messages.error(request, _("That answer isn't on the form. Please choose one of those shown."))
        return redirect("assessments:form", assessment_id=assessment_id)
    except AssessmentClosed:
        return redirect("assessments:form", assessment_id=assessment_id)
    if found.scored is not None:
        return render(request, "assessments/result.html", _result(assessment_id, found, permit))
    questions = _questions(assessment_id, found, permit, asked="open" in request.GET)
    return render(request, "assessments/form.html", questions)


def _post(request: HttpRequest, permit: Permit, assessment_id: UUID, found: Assessment) -> HttpResponse:
    sent = _sent(request)
    found = _save(permit, assessment_id, found, sent, seen=_seen(request))
    if any(found.answers.get(item) != answer for item, answer in sent.items()):
        messages.info(request, _("Some answers were changed elsewhere since this page was opened; those were kept."))
    if request.POST.get("intent") != "submit":
        messages.success(request, _("Your answers are saved. You can go on whenever you like."))
        return redirect("assessments:form", assessment_id=assessment_id)
    as_it_is = request.POST.get("as_it_is") == "yes"
    try:
        commands.submit(permit.patient_id, assessment_id, as_it_is=as_it_is, actor=permit.actor, command_id=uuid4())
    except AssessmentStale:
        return _begun_too_long_ago(request, permit, found)
    except AnswersMissing:
        return redirect(f"{request.path}?open=1#open")
    return redirect("assessments:form", assessment_id=assessment_id)


def _begun_too_long_ago(request: HttpRequest, permit: Permit, found: Assessment) -> HttpResponse:
    """The form isn't taken, and leads to no page of its own: help that an answer calls for is shown right here."""
    told = _("This questionnaire was begun more than a week ago. What you answered is kept. Please begin it anew, so "
             "that it tells how you are now.")  # fmt: skip
    messages.warning(request, told)
    if found.attention > 0:
        return _home(request, permit, help_now=True, status=409)
    return redirect("assessments:home")


def _save(
    permit: Permit, assessment_id: UUID, found: Assessment, sent: dict[int, int], *, seen: int | None
) -> Assessment:
    """Save what was changed on the page; answers that were saved before by themselves write nothing."""
    for item, answer in sent.items():
        found = commands.answer(
            permit.patient_id,
            assessment_id,
            item=item,
            answer=answer,
            actor=permit.actor,
            command_id=uuid4(),
            seen=seen,
        )
    return found


def _sent(request: HttpRequest) -> dict[int, int]:
    """The answers that came with the page, by the number of their question. Raises WrongAnswers."""
    given = [(name.removeprefix("item_"), str(text)) for name, text in request.POST.items() if name.startswith("item_")]
    return {_number(item): _number(answer) for item, answer in given}


def _seen(request: HttpRequest) -> int | None:
    """The form's version that the page was made from; None where it does not say."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise WrongAnswers("no number")
    return int(text)


def _questions(assessment_id: UUID, found: Assessment, permit: Permit, *, asked: bool) -> dict[str, Any]:
    form = found.instrument
    assert form is not None  # noqa: S101 - a form that was found was started
    still_open = open_items(found)
    questions = [
        {
            "item": item,
            "choices": form.choices_for(item.number),
            "answer": found.answers.get(item.number),
            "open": asked and item.number in still_open,
            "watched": item.number in form.watched,
        }
        for item in form.items
    ]
    return {
        "assessment_id": assessment_id,
        "seen": found.version,
        "instrument": form,
        "questions": questions,
        "after": form.after,
        "after_choices": form.after_choices,
        "after_answer": found.answers.get(form.after.number) if form.after else None,
        "answered": len(form.items) - len(still_open),
        "open_items": still_open if asked else (),
        "help_now": found.attention > 0,
        "is_treated": _is_treated(permit),
    }


def _result(assessment_id: UUID, found: Assessment, permit: Permit) -> dict[str, Any]:
    return {
        "assessment_id": assessment_id,
        "instrument": found.instrument,
        "scored": found.scored,
        "help_now": found.attention > 0,
        "is_treated": _is_treated(permit),
    }


def _is_treated(permit: Permit) -> bool:
    return is_treated(permit.patient_id, timezone.now())


def _own(request: HttpRequest) -> Permit:
    actor = asker(request)
    return open_patient(actor, actor.id, to=Right.ANSWER, why=Purpose.SELF)
