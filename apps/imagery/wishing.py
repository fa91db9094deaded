"""The patient asks for a picture of a thought that they balanced, rates it, or has it taken away. Nobody else can."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.door import Permit, Right
from apps.exercises import commands as exercise_commands
from apps.exercises import selectors as exercises
from apps.imagery import commands, policy, scheduling, situation
from apps.imagery.aggregate import ImageUnknown
from apps.imagery.events import CATEGORY
from apps.imagery.keeping import chosen
from eventstore.errors import WrongExpectedVersion

ATTEMPTS: Final = 4
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
    exercise, imagery = exercises.exercise(permit, exercise_id), commands.load(exercise_id)
    closed = "upset" if imagery.upset else "" if exercise.takes_picture else "not_ready"
    return situation.of(imagery, permit.patient_id, at, closed=closed)


def wish(permit: Permit, exercise_id: UUID, *, command_id: UUID) -> None:
    """Ask for a picture. While one is being painted, asking again changes nothing.

    Raises:
        ExerciseUnknown, WishRefused: retrying won't help.
        WrongExpectedVersion: someone wrote first each time; retry.
    """
    for attempt in range(ATTEMPTS):
        try:
            return _wish(permit, exercise_id, command_id)
        except WrongExpectedVersion:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


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


def _wish(permit: Permit, exercise_id: UUID, command_id: UUID) -> None:
    """The wish stands in the exercise's stream, the request in that of its pictures; both or neither."""
    now, wish_id = timezone.now(), uuid5(command_id, CATEGORY)
    exercise = exercises.exercise(permit, exercise_id)
    if wish_id in exercise.wishes:
        return
    match policy.answer(stands(permit, exercise_id, now), scheduling.WISH, now):
        case policy.Never(reason):
            raise WishRefused(reason)
        case policy.Later():
            return
    assert exercise.worksheet is not None, "an exercise that was found was begun"  # noqa: S101 -- an invariant
    felt = exercises.rerated(exercise.worksheet, exercise.values)
    # Two wishes at once meet here: the second one's version is wrong, and all of this is asked again.
    exercise_commands.wish_picture(permit, exercise_id, wish_id=wish_id, command_id=command_id)
    commands.request(
        exercise_id, wish_id, patient_id=permit.patient_id, reason=scheduling.WISH, emotion=felt.emotion,
        intensity=felt.intensity, at=now, actor=permit.actor, command_id=wish_id,
    )  # fmt: skip
    scheduling.schedule(wish_id, exercise_id, permit.patient_id, reason=scheduling.WISH)
