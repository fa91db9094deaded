"""Waking workers: a Celery message for each job that is due, sent after the commit, again until somebody claims it.

Valkey may be away or forget; the rows stay, and are published again when it is back.
"""

import logging
from datetime import timedelta
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import RedisError

from eventstore.models import Job

log = logging.getLogger(__name__)
AGAIN_AFTER_S = 10.0
BATCH = 100


def publish_due() -> int:
    """Send a wake-up for each due job that was not published, or long ago and still not claimed. How many.

    Raises:
        BrokerAway: Valkey cannot be reached; nothing is lost, call again later. OperationalError: the database.
    """
    now = timezone.now()
    unheard = Q(published_at=None) | Q(published_at__lt=now - timedelta(seconds=AGAIN_AFTER_S))
    due = Q(status=Job.Status.WAITING, run_at__lte=now) & unheard
    abandoned = Q(status=Job.Status.RUNNING, lease_until__lt=now) & unheard
    with transaction.atomic():
        rows = Job.objects.filter(due | abandoned).order_by("run_at").select_for_update(skip_locked=True)
        return _publish(list(rows.values_list("id", "kind", "queue")[:BATCH]))


def _publish(rows: list[tuple[UUID, str, str]]) -> int:
    """Marked only when all are sent: a wake-up sent twice does no harm, one not sent would."""
    for job_id, kind, queue in rows:
        _wake(job_id, kind, queue)
    if rows:
        Job.objects.filter(id__in=[row[0] for row in rows]).update(published_at=timezone.now())
    return len(rows)


def _wake(job_id: UUID, kind: str, queue: str) -> None:
    try:
        current_app.send_task(kind, kwargs={"job_id": str(job_id)}, queue=queue, ignore_result=True, retry=False)
    except (RedisError, OSError) as error:
        raise BrokerAway(type(error).__name__) from error
