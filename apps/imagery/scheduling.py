"""Puts pictures to work: a durable job to compose one, and one that steps in when no picture came in time.

Job ids are identifiers only; what is felt stays sealed in the log.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from apps.imagery.events import CATEGORY, ImageShown
from apps.sessions.events import SESSION, EmotionShifted, MoodReported
from eventstore import jobs
from eventstore.models import Job
from eventstore.recorded import Recorded
from eventstore.subscription import register_subscription

COMPOSE: Final = "imagery.compose"
DEADLINE: Final = "imagery.deadline"
COMPOSE_QUEUE: Final = "images"
DEADLINE_QUEUE: Final = "default"
MEASURE: Final = "imagery.measure"
MEASURE_AFTER: Final = timedelta(seconds=33)
"""A face is watched for half a minute after a picture; then its last second is in the log."""
STALE: Final = timedelta(minutes=2)
"""A shift that was read only now (a log replayed, a sealer that was away) is no longer how the patient feels."""

SHIFT, LATER, MORE, WISH = "shift", "later", "more", "wish"
ASKED: Final = (MORE, WISH)
"""What the patient asks for; the request stands before its job does."""


def due(kind: str = COMPOSE) -> QuerySet[Job]:
    """Jobs of a kind that wait for a worker and whose time has come, the oldest first."""
    waiting = Job.objects.filter(kind=kind, status=Job.Status.WAITING, run_at__lte=timezone.now())
    return waiting.order_by("run_at")


def request_of_shift(shift_event: UUID) -> UUID:
    """The request that a shift makes, so that handling it twice asks once."""
    return uuid5(shift_event, CATEGORY)


def paint_for_shift(_: EmotionShifted, meta: Recorded) -> None:
    """A new state asks for a picture; whether it gets one is decided when the job runs."""
    if meta.stream.category != SESSION or timezone.now() - meta.recorded_at > STALE:
        return
    assert meta.subject is not None, "a session's stream has the patient as its subject"  # noqa: S101 -- an invariant
    request_id = request_of_shift(meta.event_id)
    schedule(request_id, meta.stream.entity_id, meta.subject, reason=SHIFT, shift_version=meta.version)


def schedule(
    request_id: UUID,
    session_id: UUID,
    patient_id: UUID,
    *,
    reason: str,
    shift_version: int = 0,
    at: datetime | None = None,
) -> None:
    """Record both jobs in the caller's transaction. The same request again changes nothing."""
    ids: dict[str, UUID | str | int] = {
        "request_id": request_id,
        "session_id": session_id,
        "patient_id": patient_id,
        "reason": reason,
        "shift_version": shift_version,
    }
    begin = at or timezone.now()
    patience = timedelta(seconds=settings.ATTUNE_IMAGE_DEADLINE_S)
    jobs.enqueue(COMPOSE, key=request_id, ids=ids, queue=COMPOSE_QUEUE, run_at=begin)
    jobs.enqueue(DEADLINE, key=request_id, ids=ids, queue=DEADLINE_QUEUE, run_at=begin + patience)


def measure_later(shown: ImageShown, meta: Recorded) -> None:
    """How a picture was answered to is measured when the face has had its half minute."""
    _measure(meta, shown.shown_at + MEASURE_AFTER)


def measure_mood(_: MoodReported, meta: Recorded) -> None:
    """A mood that was reported may be an answer to the last pictures."""
    _measure(meta, timezone.now())


def _measure(meta: Recorded, at: datetime) -> None:
    if timezone.now() - meta.recorded_at > STALE:
        return
    assert meta.subject is not None, "a session's stream has the patient as its subject"  # noqa: S101 -- an invariant
    ids: dict[str, UUID | str | int] = {"session_id": meta.stream.entity_id, "patient_id": meta.subject}
    jobs.enqueue(MEASURE, key=meta.event_id, ids=ids, queue=DEADLINE_QUEUE, run_at=at)


def register() -> None:
    register_subscription("imagery.responses", {ImageShown: measure_later, MoodReported: measure_mood})
    register_subscription("imagery.shifts", {EmotionShifted: paint_for_shift})
