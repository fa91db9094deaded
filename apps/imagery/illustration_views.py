"""What the exercise's page sends about its picture; the page itself is the exercises'."""

from typing import Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.asker import asker
from access.door import Permit, Purpose, Right, open_patient
from apps.exercises.selectors import ExerciseUnknown
from apps.imagery import wishing
from apps.imagery.aggregate import ImageUnknown, RatingOutOfRange
from eventstore.errors import WrongExpectedVersion

OFF_SCALE: Final = 3


@require_POST
def wish(request: HttpRequest, exercise_id: UUID) -> HttpResponse:
    """Ask for a picture. The page's own key makes a double click ask once."""
    try:
        wishing.wish(_own(request), exercise_id, command_id=_id(request, "key") or uuid4())
    except ExerciseUnknown as unknown:
        raise Http404 from unknown
    except wishing.WishRefused as refused:
        messages.warning(request, str(wishing.WHY_NOT[refused.reason]))
    except WrongExpectedVersion:
        messages.warning(request, _("That did not go through. Please press it once more."))
    return _back(exercise_id)


@require_POST
def rate(request: HttpRequest, exercise_id: UUID) -> HttpResponse:
    """Say how the picture sits with the patient. What is no rating, or of no picture here, changes nothing."""
    try:
        image_id = _id(request, "image_id") or uuid4()
        wishing.rate(_own(request), exercise_id, image_id, rating=_rating(request), command_id=uuid4())
    except ExerciseUnknown as unknown:
        raise Http404 from unknown
    except ImageUnknown:
        messages.warning(request, _("That picture is not here any more."))
    except RatingOutOfRange:
        messages.warning(request, _("Please choose one of the five answers below the picture."))
    except WrongExpectedVersion:
        messages.warning(request, _("That did not go through. Please press it once more."))
    return _back(exercise_id)


@require_POST
def upset(request: HttpRequest, exercise_id: UUID) -> HttpResponse:
    """Take the picture away. One that is not of this exercise is no picture here, and nothing happens."""
    try:
        image_id = _id(request, "image_id") or uuid4()
        wishing.upset(_own(request), exercise_id, image_id, command_id=uuid4())
    except ExerciseUnknown as unknown:
        raise Http404 from unknown
    except ImageUnknown:
        messages.warning(request, _("That picture is not here any more."))
    return _back(exercise_id)


def _own(request: HttpRequest) -> Permit:
    actor = asker(request)
    return open_patient(actor, actor.id, to=Right.ANSWER, why=Purpose.SELF)


def _id(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        return None


def _rating(request: HttpRequest) -> int:
    """As it was sent; what is no whole number lies off the scale."""
    try:
        return int(request.POST.get("rating", ""))
    except ValueError:
        return OFF_SCALE


def _back(exercise_id: UUID) -> HttpResponse:
    return redirect(f"{reverse('exercises:exercise', args=[exercise_id])}#picture")
