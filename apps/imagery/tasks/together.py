"""Answers requests that wait at the same time together, each in a thread of its own, so that one batch paints them.

The message that came is only a wake-up, and the database the queue of record: what else is due is looked for there.
Each job is claimed by its own thread under its own lease, so that whoever is quicker elsewhere has it.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.utils import timezone

from apps.imagery import scheduling
from apps.imagery.tasks import errands, painting
from apps.imagery.tasks.errands import Answer
from eventstore.models import Job

LOOK_FOR_S: Final = 0.04
"""Others may come within this time of the first; it is about what choosing the first one's prompt takes."""
LOOK_EVERY_S: Final = 0.02

Due = tuple[UUID, datetime]


def run(job_id: UUID, answer: Answer) -> None:
    """Answer a job, and with it others of its kind that are due, the oldest first, up to what a batch holds."""
    most = painting.most_together()
    first = list(Job.objects.filter(id=job_id).values_list("id", "run_at"))
    if most == 1 or not first:
        errands.run(job_id, answer)
        return
    with ThreadPoolExecutor(most, "errand") as crew:
        taken = {job_id: _send(crew, first[0], answer)}
        with painting.coming(_begin_by(first[0][1])):  # somebody may still be found
            _look_for_others(taken, most, lambda due: _send(crew, due, answer))
    for errand in taken.values():
        errand.result()


def _look_for_others(taken: dict[UUID, "Future[None]"], most: int, send: "Callable[[Due], Future[None]]") -> None:
    until = time.monotonic() + LOOK_FOR_S
    while len(taken) < most:
        for due in _due(list(taken), most - len(taken)):
            taken[due[0]] = send(due)
        if time.monotonic() >= until:
            return
        time.sleep(LOOK_EVERY_S)


def _due(taken: list[UUID], most: int) -> list[Due]:
    return list(scheduling.due().exclude(id__in=taken).values_list("id", "run_at")[:most])


def _send(crew: ThreadPoolExecutor, due: Due, answer: Answer) -> "Future[None]":
    return crew.submit(_run, due, answer)


def _run(due: Due, answer: Answer) -> None:
    """One errand in its thread, which leaves no connection behind."""
    try:
        with painting.coming(_begin_by(due[1])):
            errands.run(due[0], answer)
    finally:
        connections.close_all()


def _begin_by(run_at: datetime) -> float:
    """When a vetted scene is shown in the picture's place, by `time.monotonic`."""
    left_s: float = settings.ATTUNE_IMAGE_DEADLINE_S - (timezone.now() - run_at).total_seconds()
    return time.monotonic() + left_s
