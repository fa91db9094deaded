"""The picture of a thought is rated as a session's is: by the patient, while it stands, and the choice learns of it."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from access.door import Purpose, Right, open_patient
from apps.imagery import illustration, keeping, scheduling, selectors, wishing
from apps.imagery.aggregate import ImageUnknown, RatingOutOfRange, Request
from apps.imagery.events import ImageReacted
from apps.imagery.tasks import deciding
from apps.imagery.tasks.errands import Errand
from eventstore.jobs import Claim
from tests.apps.imagery.living import Living, run_jobs
from tests.apps.imagery.wished import of, own, pictured, rate, wish, written

pytestmark = pytest.mark.usefixtures("no_painter")


def ratings(exercise_id: UUID) -> list[int]:
    return [one.rating for one in of(exercise_id, ImageReacted)]


def preferring(patient: Living) -> Any:
    return open_patient(patient.actor, patient.id, to=Right.SET_PREFERENCES, why=Purpose.SELF)


def shown_to(patient: Living) -> list[Any]:
    return selectors.shown_images(open_patient(patient.actor, patient.id, to=Right.VIEW_OWN, why=Purpose.SELF))


def test_a_later_rating_replaces_the_first_and_a_repeat_is_one(patient: Living) -> None:
    exercise_id, _, shown = pictured(patient)
    first = uuid4()
    for rating, command_id in ((-2, first), (-2, first), (1, uuid4())):
        rate(patient, exercise_id, shown.image_id, rating, command_id)
    patient.seal()
    assert ratings(exercise_id) == [-2, 1]
    assert illustration.of_exercise(own(patient), exercise_id, timezone.now()).rating == 1
    [row] = shown_to(patient)
    assert (row.rating, row.note, row.exercise_id) == (1, "", exercise_id)


def test_what_is_off_the_scale_or_not_of_this_thought_is_refused(patient: Living) -> None:
    (exercise_id, _, shown), (another, _, _) = pictured(patient), pictured(patient)
    for rating in (-3, 3):
        with pytest.raises(RatingOutOfRange):
            rate(patient, exercise_id, shown.image_id, rating)
    with pytest.raises(ImageUnknown):
        rate(patient, another, shown.image_id, 1)
    assert ratings(exercise_id) == ratings(another) == []


def test_after_an_upset_no_picture_of_the_thought_is_rated(patient: Living) -> None:
    exercise_id, _, first = pictured(patient)
    patient.waits(seconds=3)
    wish(patient, exercise_id)
    run_jobs()
    second = illustration.of_exercise(own(patient), exercise_id, timezone.now()).shown
    assert second and second.image_id != first.image_id
    wishing.upset(own(patient), exercise_id, second.image_id, command_id=uuid4())
    for image_id in (first.image_id, second.image_id):
        with pytest.raises(ImageUnknown):
            rate(patient, exercise_id, image_id, 2)
    assert ratings(exercise_id) == []


def test_a_picture_that_was_set_aside_is_not_rated(patient: Living) -> None:
    exercise_id, _, shown = pictured(patient)
    keeping.leave_out_of(
        preferring(patient), shown.image_id, "picture", reason="agreed on together", command_id=uuid4()
    )
    with pytest.raises(ImageUnknown):
        rate(patient, exercise_id, shown.image_id, 2)
    assert ratings(exercise_id) == []


def test_the_engine_is_told_of_the_rating_until_the_patient_has_it_forgotten(patient: Living) -> None:
    exercise_id, _, shown = pictured(patient)
    rate(patient, exercise_id, shown.image_id, 2)
    patient.seal()
    [told] = told_of(patient)
    assert (told["template"], told["rating"]) == (shown.template, 2)
    keeping.forget(preferring(patient), at=timezone.now(), command_id=uuid4())
    assert (told_of(patient), selectors.taste(patient.id).seen) == ([], ())


def test_replaying_the_log_gives_the_rows_that_live_projecting_gave(patient: Living) -> None:
    exercise_id, _, shown = pictured(patient)
    rate(patient, exercise_id, shown.image_id, -1)
    patient.seal()
    live = shown_to(patient), selectors.taste(patient.id)
    assert [one["rating"] for one in live[1].seen] == [-1]
    for name in ("imagery.images", "imagery.taste"):
        call_command("rebuild", name)
    assert (shown_to(patient), selectors.taste(patient.id)) == live


def told_of(patient: Living) -> list[dict[str, Any]]:
    """The pictures that the engine would hear of in a next wish, and how each was taken."""
    request_id = uuid4()
    claim = Claim(uuid4(), scheduling.COMPOSE, request_id, {}, 1, 1, timezone.now())
    errand = Errand(claim, request_id, written(patient), patient.id, scheduling.WISH, 0)
    inputs = deciding.gather(errand, Request(scheduling.WISH, "fear", 0.3, timezone.now()))
    found: list[dict[str, Any]] = inputs["history"]
    return found
