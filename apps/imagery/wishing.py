"""The patient asks for a picture of a thought that they balanced, rates it, or has it taken away. Nobody else can."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.door import Permit, Right
from apps.exercises import commands as exercise_commands
from apps.exercises import selectors as exercises
from apps.imagery import commands, policy, scheduling, situation
from apps.imagery.aggregate import Imagery, ImageUnknown
from apps.imagery.events import CATEGORY
from apps.imagery.keeping import chosen

WHY_NOT: Final[Mapping[str, str | Promise]] = {
    "not_ready": _("First write a fairer thought, and say how strong the feeling is now."),
    "upset": _("A picture of this thought upset you, so no other one is made of it."),
    "consent": _("You have not agreed to pictures. You can do so under your consents."),
    "enough": _("You and your care team planned no more pictures here."),
}


class WishRefused(Exception):
    """No picture may be asked for now; `reason` is a key of WHY_NOT. Nothing was written."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def stands(permit: Permit, exercise_id: UUID, at: datetime) -> policy.Situation:
    """The facts that the policy asks for, of an exercise. Raises ExerciseUnknown."""
    return _situation(permit, exercise_id, commands.load(exercise_id), at)


def wish(permit: Permit, exercise_id: UUID, *, command_id: UUID) -> None:
    """Ask for a picture. While one is being painted, asking again changes nothing.

    The wish stands in the exercise's stream, the request in that of its pictures; both or neither.

    Raises:
        ExerciseUnknown, WishRefused: retrying won't help.
        WrongExpectedVersion: someone wrote first each time; retry.
    """
    permit.require(Right.ANSWER)
    now, wish_id = timezone.now(), uuid5(command_id, CATEGORY)
    if wish_id in exercises.exercise(permit, exercise_id).wishes:
        return
    try:
        with transaction.atomic():
            _wish(permit, exercise_id, wish_id, now, command_id)
    except exercises.PictureNotReady:
        raise WishRefused("not_ready") from None
    except policy.NotDue as not_due:
        if isinstance(not_due.answer, policy.Never):
            raise WishRefused(not_due.answer.reason) from None


def upset(permit: Permit, exercise_id: UUID, image_id: UUID, *, command_id: UUID) -> None:
    """Have a picture taken away, as in a session. Raises ExerciseUnknown, ImageUnknown: retrying won't help."""
    exercises.exercise(permit, exercise_id)
    commands.withdraw_image(
        exercise_id, image_id, patient_id=permit.patient_id, at=timezone.now(), actor=permit.actor,
        command_id=command_id,
    )  # fmt: skip


def rate(permit: Permit, exercise_id: UUID, image_id: UUID, *, rating: int, command_id: UUID) -> None:
    """Say how a picture sits with the patient, on the scale of a session; a later rating replaces it.

    Raises:
        ExerciseUnknown, RatingOutOfRange: retrying won't help.
        ImageUnknown: none of this exercise's, or set aside, or one of them upset the patient; retrying won't help.
    """
    permit.require(Right.ANSWER)
    exercises.exercise(permit, exercise_id)
    if commands.load(exercise_id).upset or str(image_id) in chosen(permit.patient_id).standing("picture"):
        raise ImageUnknown
    commands.react(
        exercise_id, image_id, rating=rating, note="", patient_id=permit.patient_id, at=timezone.now(),
        actor=permit.actor, command_id=command_id,
    )  # fmt: skip


def _wish(permit: Permit, exercise_id: UUID, wish_id: UUID, now: datetime, command_id: UUID) -> None:
    """The request first: it asks whether one is due of the pictures as they stand, again where another wrote first."""
    exercise = exercises.exercise(permit, exercise_id)
    assert exercise.worksheet is not None, "an exercise that was found was begun"  # noqa: S101 -- an invariant
    felt = exercises.rerated(exercise.worksheet, exercise.values)

    def must_be_due(imagery: Imagery) -> None:
        policy.must_be_due(_situation(permit, exercise_id, imagery, now), scheduling.WISH, now)

    commands.request(
        exercise_id, wish_id, patient_id=permit.patient_id, reason=scheduling.WISH, emotion=felt.emotion,
        intensity=felt.intensity, at=now, actor=permit.actor, command_id=wish_id, must_be_due=must_be_due,
    )  # fmt: skip
    exercise_commands.wish_picture(permit, exercise_id, wish_id=wish_id, command_id=command_id)
    scheduling.schedule(wish_id, exercise_id, permit.patient_id, reason=scheduling.WISH)


def _situation(permit: Permit, exercise_id: UUID, imagery: Imagery, at: datetime) -> policy.Situation:
    exercise = exercises.exercise(permit, exercise_id)
    closed = "upset" if imagery.upset else "" if exercise.takes_picture else "not_ready"
    return situation.of(imagery, permit.patient_id, at, closed=closed)
