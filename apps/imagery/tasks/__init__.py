"""The images worker: composes what was asked for and has it painted by a process of its own, which it starts first.

``imagery.deadline`` runs on the default queue, without torch: when no picture came in time, it shows a vetted scene.
"""

import logging
from typing import Any
from uuid import UUID

from celery import shared_task
from celery.signals import worker_init
from django.conf import settings

from apps.imagery.examples import EXAMPLE
from apps.imagery.pairing import PAIR
from apps.imagery.scheduling import COMPOSE, DEADLINE, MEASURE
from apps.imagery.tasks import errands, exemplifying, measuring, painting, pairing, pulse, together
from apps.imagery.tasks.answering import paint_answer, vetted_answer

logger = logging.getLogger(__name__)


@shared_task(name=COMPOSE)
def compose(job_id: str) -> None:
    """Answer a request with a painted picture, and with it others that wait; delivered twice, it answers once."""
    together.run(UUID(job_id), paint_answer)


@shared_task(name=DEADLINE)
def deadline(job_id: str) -> None:
    """Answer a request that still waits with a vetted scene."""
    errands.run(UUID(job_id), vetted_answer)


@shared_task(name=MEASURE)
def measure(job_id: str) -> None:
    """Note how the session's last pictures were answered to."""
    measuring.run(UUID(job_id))


@shared_task(name=EXAMPLE)
def example(job_id: str) -> None:
    """Draw a template's example for whoever reviews it; on the default queue, without torch."""
    exemplifying.run(UUID(job_id))


@shared_task(name=PAIR)
def pair(job_id: str) -> None:
    """Paint the two pictures that a session's last page asks about."""
    pairing.run(UUID(job_id))


@worker_init.connect
def _warm_up(**_: Any) -> None:
    """Load painter and safety before the worker says that it is ready; what is missing is named and tried again."""
    if settings.ATTUNE_PROCESS != "images":
        return
    try:
        logger.info("painting with %s", painting.warm_up())
    except Exception as error:  # noqa: BLE001 -- without a painter the worker answers from the library
        logger.warning("no painter: %s", type(error).__name__)
    pulse.begin()
