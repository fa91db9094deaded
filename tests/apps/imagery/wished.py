"""A thought record of a patient's, and a picture wished for it: what these tests share."""

from typing import Any, TypeVar
from uuid import UUID, uuid4

from access.door import Permit, Purpose, Right, open_patient
from apps.exercises import commands as exercises
from apps.imagery import wishing
from apps.imagery.events import CATEGORY, ImageComposed, ImageShown
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.imagery.living import Living, run_jobs

Happened = TypeVar("Happened")
OWN_WORDS = ("Zanzibar", "Rosalind", "Wolpertinger", "Quedlinburg", "Hieronymus")
"""In every field that takes text; no scene of the library has them."""
RECORD: dict[str, Any] = {
    "situation": "Aunt Rosalind called from Zanzibar",
    "thought": "Hieronymus hates me",
    "belief": 85,
    "feeling_1": "scared, like Hieronymus",
    "feeling_1_before": 90,
    "feeling_2": "hurt",
    "feeling_2_before": 60,
    "evidence_for": "Nobody called from Quedlinburg",
    "evidence_against": "The Wolpertinger came to tea",
    "balanced": "It is true that Rosalind was short and it is also true that she was in a hurry",
    "belief_after": 40,
    "feeling_1_after": 35,
    "feeling_2_after": 20,
}


def own(patient: Living) -> Permit:
    return open_patient(patient.actor, patient.id, to=Right.ANSWER, why=Purpose.SELF)


def written(patient: Living, *, done: bool = True, **changes: Any) -> UUID:
    """A thought record with these changes (None takes a field out), finished or only saved."""
    values = {name: value for name, value in (RECORD | changes).items() if value is not None}
    exercise_id = exercises.begin(own(patient), "thought_record", command_id=uuid4())
    exercises.save(own(patient), exercise_id, values, seen=1, command_id=uuid4())
    if done:
        exercises.finish(own(patient), exercise_id, command_id=uuid4())
    patient.seal()
    return exercise_id


def wish(patient: Living, exercise_id: UUID, command_id: UUID | None = None) -> None:
    wishing.wish(own(patient), exercise_id, command_id=command_id or uuid4())


def pictured(patient: Living, **changes: Any) -> tuple[UUID, ImageComposed, ImageShown]:
    """A finished record with its picture, and how that came to be."""
    exercise_id = written(patient, **changes)
    wish(patient, exercise_id)
    run_jobs()
    patient.seal()
    [composed], [shown] = of(exercise_id, ImageComposed), of(exercise_id, ImageShown)
    return exercise_id, composed, shown


def rate(patient: Living, exercise_id: UUID, image_id: UUID, rating: int, command_id: UUID | None = None) -> None:
    wishing.rate(own(patient), exercise_id, image_id, rating=rating, command_id=command_id or uuid4())


def of(exercise_id: UUID, kind: type[Happened], category: str = CATEGORY) -> list[Happened]:
    """What the log holds of one kind, of the exercise's pictures or of the exercise itself."""
    log = store.read(StreamName(category, exercise_id))
    return [recorded.event for recorded in log if isinstance(recorded.event, kind)]
