"""The patient changes what they agreed to and what they want to see; the page itself is the portal's."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.asker import asker
from access.door import Permit, Purpose, Right, open_patient
from apps.patients import commands, selectors
from apps.patients.again import again
from apps.patients.aggregate import NotOffered, SettingNotOffered
from apps.patients.consent import ticked_in
from apps.patients.forms import goal_of, likes_of, seen_in, triggers_of

PAGE = "portal:home"
WISHES = "portal:preferences"


@require_POST
def consent(request: HttpRequest) -> HttpResponse:
    """Set each purpose that was changed on the form: what isn't ticked any more is withdrawn."""
    permit, form = _own(request, Right.CONSENT), ticked_in(request.POST)
    commands.agree(permit.patient_id, **form, actor=permit.actor, command_id=uuid4())
    if selectors.now(permit).consents.keys() == form["ticked"].keys():
        messages.success(request, _("What you agree to is saved. You can change it here at any time."))
    else:
        told = _("Saved. Something else was changed elsewhere since you opened the page; below is how it stands now.")
        messages.warning(request, told)
    return redirect(PAGE)


@require_POST
def triggers(request: HttpRequest) -> HttpResponse:
    """Replace what the patient doesn't want to see."""
    permit = _own(request, Right.SET_PREFERENCES)
    try:
        commands.set_triggers(
            permit.patient_id,
            **triggers_of(request.POST),
            seen=seen_in(request.POST),
            actor=permit.actor,
            command_id=uuid4(),
        )
    except NotOffered:
        messages.error(request, _("That is too much at once: at most 24 entries of 80 letters, please."))
        return again(request, WISHES)
    messages.success(request, _("Saved. Pictures leave these out from now on."))
    return redirect(WISHES)


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Replace liked places and goals."""
    permit = _own(request, Right.SET_PREFERENCES)
    try:
        commands.set_preferences(
            permit.patient_id,
            **likes_of(request.POST),
            seen=seen_in(request.POST),
            actor=permit.actor,
            command_id=uuid4(),
        )
    except NotOffered:
        messages.error(request, _("That is too much at once: at most 24 entries of 80 letters, please."))
        return again(request, WISHES)
    messages.success(request, _("Saved. Thank you, it helps to choose better pictures."))
    return redirect(WISHES)


@require_POST
def goal(request: HttpRequest) -> HttpResponse:
    """Say that a goal was reached, or take it up again."""
    permit, said = _own(request, Right.SET_PREFERENCES), goal_of(request.POST)
    try:
        commands.mark_goal(permit.patient_id, **said, at=timezone.now(), actor=permit.actor, command_id=uuid4())
    except NotOffered:
        messages.error(request, _("That is not one of your goals. Please look at the list again."))
    else:
        messages.success(request, _("Saved. Pictures follow it from now on, and whoever treats you sees it."))
    return redirect(WISHES)


@require_POST
def settings(request: HttpRequest) -> HttpResponse:
    """Replace language and time zone."""
    permit = _own(request, Right.SET_PREFERENCES)
    try:
        commands.set_settings(
            permit.patient_id,
            language=request.POST.get("language", ""),
            time_zone=request.POST.get("time_zone", "").strip(),
            actor=permit.actor,
            command_id=uuid4(),
        )
    except SettingNotOffered as wrong:
        if "language" in wrong.names:
            messages.error(request, _("Nothing was saved yet: please choose your language from the list."))
        if "time_zone" in wrong.names:  # its field says what helps
            messages.error(request, _("Nothing was saved yet: please look at your time zone again."))
        return again(request, WISHES)
    messages.success(request, _("Saved. Seasons and times of day in pictures follow your own clock."))
    return redirect(WISHES)


def _own(request: HttpRequest, right: Right) -> Permit:
    actor = asker(request)
    return open_patient(actor, actor.id, to=right, why=Purpose.SELF)
