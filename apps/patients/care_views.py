"""A clinician sets goals, triggers and the plan of one patient; the page itself is the providers'."""

from typing import Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.asker import asker
from access.door import Permit, Purpose, Right, open_patient
from apps.patients import commands
from apps.patients.again import again
from apps.patients.aggregate import NotOffered
from apps.patients.forms import CHANGED, WRONG, goal_of, likes_of, plan_of, seen_in, triggers_of
from apps.patients.plan import PlanWrong

PAGE: Final = "providers:care"


@require_POST
def plan(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Replace limits and preferred ways of working."""
    permit = _treating(request, patient_id)
    try:
        commands.set_plan(
            permit.patient_id, plan_of(request.POST), seen=seen_in(request.POST), actor=permit.actor, command_id=uuid4()
        )
    except PlanWrong as wrong:
        messages.error(request, str(WRONG[wrong.code]))
        return again(request, PAGE, 409 if wrong.code == CHANGED else 422, patient_id=patient_id)
    messages.success(request, _("Saved. It holds from the next picture on."))
    return redirect(PAGE, patient_id=patient_id)


@require_POST
def goals(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Replace goals and liked places."""
    permit = _treating(request, patient_id)
    try:
        commands.set_preferences(
            permit.patient_id,
            **likes_of(request.POST),
            seen=seen_in(request.POST),
            actor=permit.actor,
            command_id=uuid4(),
        )
    except NotOffered:
        messages.error(request, _("At most 24 entries of 80 letters, please."))
        return again(request, PAGE, patient_id=patient_id)
    messages.success(request, _("Saved. The patient sees it on their own page."))
    return redirect(PAGE, patient_id=patient_id)


@require_POST
def goal(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Say that a goal was reached, or take it up again."""
    permit, said = _treating(request, patient_id), goal_of(request.POST)
    try:
        commands.mark_goal(permit.patient_id, **said, at=timezone.now(), actor=permit.actor, command_id=uuid4())
    except NotOffered:
        messages.error(request, _("That is not one of the patient's goals. Please look at the list again."))
    else:
        messages.success(request, _("Saved. The patient sees it on their own page."))
    return redirect(PAGE, patient_id=patient_id)


@require_POST
def triggers(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Replace what is not to be shown."""
    permit = _treating(request, patient_id)
    try:
        commands.set_triggers(
            permit.patient_id,
            **triggers_of(request.POST),
            seen=seen_in(request.POST),
            actor=permit.actor,
            command_id=uuid4(),
        )
    except NotOffered:
        messages.error(request, _("At most 24 entries of 80 letters, please."))
        return again(request, PAGE, patient_id=patient_id)
    messages.success(request, _("Saved. Pictures leave these out from now on, and the patient sees the list."))
    return redirect(PAGE, patient_id=patient_id)


def _treating(request: HttpRequest, patient_id: UUID) -> Permit:
    return open_patient(asker(request), patient_id, to=Right.SET_PREFERENCES, why=Purpose.TREATMENT)
