"""The images worker: composes and paints what was asked for. Loads diffusers when it starts, and only there.

``imagery.deadline`` runs on the default queue, without torch: when no picture came in time, it shows a vetted scene.
"""

import logging
from typing import Any
from uuid import UUID

from celery import shared_task
from celery.signals import worker_init
from django.conf import settings

from apps.imagery.scheduling import COMPOSE, DEADLINE
from apps.imagery.tasks import errands, painting
from apps.imagery.tasks.answering import paint_answer, vetted_answer

logger = logging.getLogger(__name__)


@shared_task(name=COMPOSE)
def compose(job_id: str) -> None:
    """Answer a request with a painted picture; delivered twice, it answers once."""
    errands.run(UUID(job_id), paint_answer)


@shared_task(name=DEADLINE)
def deadline(job_id: str) -> None:
    """Answer a request that still waits with a vetted scene."""
    errands.run(UUID(job_id), vetted_answer)


@worker_init.connect
def _warm_up(**_: Any) -> None:
    """Load painter and safety before the worker says that it is ready; what is missing is named and tried again."""
    if settings.ATTUNE_PROCESS != "images":
        return
    try:
        logger.info("painting with %s", painting.warm_up())
    except Exception as error:  # noqa: BLE001 -- without a painter the worker answers from the library
        logger.warning("no painter: %s", type(error).__name__)
