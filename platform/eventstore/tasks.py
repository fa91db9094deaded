"""Work of the default worker, by the clock: what was begun is brought to its end."""

import logging

from celery import shared_task

from eventstore import erasure, rebuilding

log = logging.getLogger(__name__)


@shared_task(name="eventstore.finish_erasures")
def finish_erasures() -> None:
    """Go on with the erasures that were cut off, until each is finished; drop what a rebuild that was cut off left."""
    rebuilding.drop_left_over()
    finished = erasure.finish_all()
    if finished:
        log.info("%d erasures were finished that had been cut off", finished)
