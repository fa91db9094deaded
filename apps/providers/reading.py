"""Puts what patients write before a machine that says whether a person should read it: two durable jobs a text.

The images' worker holds the encoder already, and reads at once. A minute later the other worker looks, in case that
one is away; what was read by then is not read again. Job ids are identifiers only.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from apps.exercises.events import EXERCISE, ExerciseSaved
from apps.imagery.events import ImageReacted
from apps.providers import notes
from apps.sessions.events import FeedbackGiven
from eventstore import jobs
from eventstore.recorded import Recorded
from eventstore.subscription import register_subscription

READER: Final = "providers.notes"
"""The subscription's name."""
READ: Final = "providers.read_note"
READ_LATE: Final = "providers.read_note_late"
WRITING: Final = timedelta(seconds=20)
"""An exercise is saved with each pause in writing; what follows soon is read with it."""
AWAY: Final = timedelta(seconds=60)


def read_soon(event: Any, meta: Recorded) -> None:
    """Record both jobs for an event that holds words of the patient's own."""
    if not notes.has_text(event):
        return
    assert meta.subject is not None, "these streams have the patient as their subject"  # noqa: S101 -- an invariant
    ids: dict[str, UUID | str | int] = {
        "category": meta.stream.category,
        "entity_id": meta.stream.entity_id,
        "patient_id": meta.subject,
    }
    begin = timezone.now() + (WRITING if meta.stream.category == EXERCISE else timedelta(0))
    jobs.enqueue(READ, key=meta.event_id, ids=ids, queue="images", run_at=begin)
    jobs.enqueue(READ_LATE, key=meta.event_id, ids=ids, queue="default", run_at=begin + AWAY)


def register() -> None:
    """Called once when the process starts. The first time, all that was ever written is read."""
    register_subscription(READER, dict.fromkeys((FeedbackGiven, ImageReacted, ExerciseSaved), read_soon))
