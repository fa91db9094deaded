"""Work of the default worker, by the clock: what was begun is brought to its end, what is over is cleared away."""

import logging
from datetime import timedelta
from typing import Final

from celery import shared_task
from django.utils import timezone

from eventstore import erasure, jobs, rebuilding

log = logging.getLogger(__name__)
KEEP: Final = timedelta(days=30)


@shared_task(name="eventstore.finish_erasures")
def finish_erasures() -> None:
    """Go on with the erasures that were cut off, until each is finished; drop what a rebuild that was cut off left."""
    rebuilding.drop_left_over()
    finished = erasure.finish_all()
    if finished:
        log.info("%d erasures were finished that had been cut off", finished)


@shared_task(name="eventstore.clear_jobs")
def clear_jobs() -> None:
    """Drop jobs that were done a month ago: the log has what came of them. Dead ones wait for a person."""
    jobs.clear_done(timezone.now() - KEEP)
