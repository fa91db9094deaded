"""Durable jobs: rows written in the transaction of their cause, claimed under a lease, done at least once.

The row is the queue. A Celery message is only a wake-up (task name = kind, argument job_id) and may be lost, late or
doubled. A worker: claim → work → in one transaction: append its result, `finish`. A worker that lost its lease is
refused by the fencing token.
"""

import logging
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from eventstore.errors import StaleClaim
from eventstore.models import Job

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
RETRY_AFTER_S = 2.0
OVERDUE_S = 120.0
"""What nobody began so long after its time waits for no other job: its workers are away."""
CLEARED_AT_ONCE = 1_000
_GIVEN_UP: Final = (Job.Status.DEAD, Job.Status.DROPPED)
COUNTS = "SELECT status, count(*) FROM eventstore_job WHERE status <> 'done' GROUP BY status"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a job until the lease ends; `token` tells this claim from each other one."""

    job_id: UUID
    kind: str
    key: UUID
    ids: dict[str, str]
    attempt: int
    token: int
    lease_until: datetime


def enqueue(
    kind: str, *, key: UUID, ids: dict[str, UUID | str | int] | None = None, queue: str, run_at: datetime | None = None
) -> UUID:
    """Record a job in the caller's transaction; the sealer's process wakes a worker after the commit. Its id.

    The same (kind, key) again changes nothing and gives the first one's id. `ids`: identifiers only, never content.
    """
    texts = {name: str(value) for name, value in (ids or {}).items()}
    job = Job(id=uuid.uuid4(), kind=kind, key=key, ids=texts, queue=queue, run_at=run_at or timezone.now())
    Job.objects.bulk_create([job], ignore_conflicts=True)
    return Job.objects.values_list("id", flat=True).get(kind=kind, key=key)


def claim(job_id: UUID, lease_s: float) -> Claim | None:
    """Take a job for `lease_s` seconds. None when it is done, dead, not due, or another's for now."""
    now = timezone.now()
    free = Q(status=Job.Status.WAITING, run_at__lte=now) | Q(status=Job.Status.RUNNING, lease_until__lt=now)
    lease_until = now + timedelta(seconds=lease_s)
    taken = Job.objects.filter(free, id=job_id, attempts__lt=MAX_ATTEMPTS).update(
        status=Job.Status.RUNNING, attempts=F("attempts") + 1, token=F("token") + 1, lease_until=lease_until
    )
    if not taken:
        return None
    job = Job.objects.get(id=job_id)
    return Claim(job.id, job.kind, job.key, job.ids, job.attempts, job.token, lease_until)


def extend(held: Claim, lease_s: float) -> None:
    """Keep the job for `lease_s` seconds from now.

    Raises:
        StaleClaim: it is another's by now; stop.
    """
    _update(held, lease_until=timezone.now() + timedelta(seconds=lease_s))


def finish(held: Claim) -> None:
    """The job is done. Call it in the transaction that appends the result, which then stands or falls with it.

    Raises:
        StaleClaim: another worker took over; roll the result back.
    """
    _update(held, status=Job.Status.DONE, finished_at=timezone.now(), lease_until=None, problem="")


def fail(held: Claim, problem: str, *, retry_after_s: float | None = None) -> None:
    """This attempt failed; `problem` is a code or a class name, never content. It is tried again, three times in all.

    Raises:
        StaleClaim: another worker took over.
    """
    if held.attempt >= MAX_ATTEMPTS:
        _update(held, status=Job.Status.DEAD, finished_at=timezone.now(), lease_until=None, problem=problem[:100])
        return
    pause_s = RETRY_AFTER_S * 2 ** (held.attempt - 1) if retry_after_s is None else retry_after_s
    run_at = timezone.now() + timedelta(seconds=pause_s)
    _update(held, status=Job.Status.WAITING, run_at=run_at, lease_until=None, published_at=None, problem=problem[:100])


@contextmanager
def carried_out(held: Claim, *, moot: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Around the work of a claimed job, which finishes it itself. Lets nothing out.

    What is of `moot` says that nothing is left to do, and finishes the job; whatever else goes wrong fails this
    attempt. A worker that lost its lease meanwhile leaves the job to the one that has it.
    """
    try:
        try:
            yield
        except StaleClaim:
            raise
        except moot:
            finish(held)
        except Exception as error:  # noqa: BLE001 -- the job's row keeps what failed, by class name only
            logger.warning("%s %s failed: %s", held.kind, held.job_id, type(error).__name__)
            fail(held, type(error).__name__)
    except StaleClaim:
        logger.info("%s %s went to another worker", held.kind, held.job_id)


def bury_the_exhausted() -> int:
    """Jobs whose last worker vanished at the third attempt become dead letters. How many."""
    worn = Job.objects.filter(status=Job.Status.RUNNING, lease_until__lt=timezone.now(), attempts__gte=MAX_ATTEMPTS)
    return worn.update(status=Job.Status.DEAD, finished_at=timezone.now(), lease_until=None, problem="worker lost")


def dead(kind: str) -> list[UUID]:
    """The dead letters of a kind, the oldest first."""
    return list(Job.objects.filter(kind=kind, status=Job.Status.DEAD).order_by("run_at").values_list("id", flat=True))


def given_up() -> list[Job]:
    """Every dead letter and every job that was dropped, the oldest first: they stay until they are revived."""
    return list(Job.objects.filter(status__in=_GIVEN_UP).order_by("run_at"))


def owed(kind: str, *, instead: str, by: str, among: Iterable[str]) -> dict[str, int]:
    """How many jobs of a kind should be done and are not, by the id that is called `by`, for those `among`.

    They failed, or nobody began when it was time: with its workers away, no job ever fails. A job of the kind `instead`
    with the same key does the same; where that one is done, nothing is owed.
    """
    undone = Job.objects.filter(kind=kind, **{f"ids__{by}__in": list(among)}).exclude(status=Job.Status.DONE)
    done = Job.objects.filter(kind=instead, key=OuterRef("key"), status=Job.Status.DONE)
    late = Q(run_at__lt=timezone.now() - timedelta(seconds=OVERDUE_S)) | ~Q(problem="")
    return dict(Counter(undone.filter(late, ~Exists(done)).values_list(f"ids__{by}", flat=True)))


def revive(job_id: UUID) -> bool:
    """Give a dead letter, or a job that was dropped, three new attempts. False if it is neither."""
    given_up = Job.objects.filter(id=job_id, status__in=_GIVEN_UP)
    return bool(given_up.update(status=Job.Status.WAITING, attempts=0, run_at=timezone.now(), published_at=None))


def drop(job_id: UUID) -> bool:
    """Have no worker try a dead letter again, and nobody be alarmed by it; it is owed all the same. False if it is not
    one.
    """
    return bool(Job.objects.filter(id=job_id, status=Job.Status.DEAD).update(status=Job.Status.DROPPED))


def clear_done(before: datetime) -> int:
    """Delete the jobs that were done before then, some at a time. How many. One that may have been done instead of
    another, which stands undone under the same key, is kept (see `owed`).

    The same (kind, key) is a new job from then on: whoever enqueues what may be old asks the log whether it is done.
    """
    cleared = 0
    undone = Job.objects.filter(key=OuterRef("key")).exclude(status=Job.Status.DONE)
    over = Job.objects.filter(~Exists(undone), status=Job.Status.DONE, finished_at__lt=before)
    while ids := list(over.values_list("id", flat=True)[:CLEARED_AT_ONCE]):
        cleared += Job.objects.filter(id__in=ids).delete()[0]
    return cleared


def counts() -> dict[str, int]:
    """How many jobs stand in each status that asks for attention: waiting, running, dead."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS)
        found = dict(cursor.fetchall())
    return {status: int(found.get(status, 0)) for status in ("waiting", "running", "dead")}


def _update(held: Claim, **values: object) -> None:
    mine = Job.objects.filter(id=held.job_id, token=held.token, status=Job.Status.RUNNING)
    if not mine.update(**values):
        raise StaleClaim(f"{held.kind} {held.job_id} is not held by this claim any more")
