"""Durable jobs: claimed once, fenced, retried, woken again."""

from datetime import datetime, timedelta
from functools import partial
from io import StringIO
from uuid import UUID, uuid4

import pytest
from celery import current_app
from django.core.management import CommandError, call_command
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway

from eventstore import jobs, publisher
from eventstore.errors import StaleClaim
from eventstore.models import Job
from eventstore.tasks import clear_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def job_id() -> UUID:
    return jobs.enqueue("specimen.draw", key=uuid4(), ids={"session": uuid4()}, queue="images")


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    sent: list[tuple[str, str, str]] = []

    def send_task(name: str, *, kwargs: dict[str, str], queue: str, **_: object) -> None:
        sent.append((name, kwargs["job_id"], queue))

    monkeypatch.setattr(current_app, "send_task", send_task)
    return sent


def claimed(job_id: UUID) -> jobs.Claim:
    held = jobs.claim(job_id, 30)
    assert held is not None
    return held


def lease_ends(job_id: UUID) -> None:
    Job.objects.filter(id=job_id).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_the_same_kind_and_key_is_one_job() -> None:
    key = uuid4()
    first = jobs.enqueue("specimen.draw", key=key, queue="images")
    assert jobs.enqueue("specimen.draw", key=key, queue="images") == first
    assert jobs.enqueue("specimen.mail", key=key, queue="default") != first


def test_a_job_is_claimed_by_one(job_id: UUID) -> None:
    held = jobs.claim(job_id, 30)
    assert held is not None
    assert (held.kind, held.attempt) == ("specimen.draw", 1)
    assert jobs.claim(job_id, 30) is None


def test_a_finished_job_is_not_done_again(job_id: UUID) -> None:
    held = jobs.claim(job_id, 30)
    assert held is not None
    jobs.finish(held)
    lease_ends(job_id)
    assert jobs.claim(job_id, 30) is None
    with pytest.raises(StaleClaim):
        jobs.finish(held)


def test_a_worker_that_lost_its_lease_is_fenced_off(job_id: UUID) -> None:
    slow = jobs.claim(job_id, 30)
    lease_ends(job_id)
    quick = jobs.claim(job_id, 30)
    assert slow is not None
    assert quick is not None
    for late in (partial(jobs.finish, slow), partial(jobs.fail, slow, "late"), partial(jobs.extend, slow, 30)):
        with pytest.raises(StaleClaim):
            late()
    jobs.finish(quick)
    assert Job.objects.get(id=job_id).status == Job.Status.DONE


def test_the_third_failure_is_the_last(job_id: UUID) -> None:
    for attempt in (1, 2, 3):
        held = jobs.claim(job_id, 30)
        assert held is not None
        assert held.attempt == attempt
        jobs.fail(held, "out of memory", retry_after_s=0)
    assert jobs.claim(job_id, 30) is None
    assert jobs.counts() == {"waiting": 0, "running": 0, "dead": 1}
    assert jobs.revive(job_id)
    assert jobs.claim(job_id, 30) is not None


def test_work_that_goes_wrong_fails_its_attempt_and_lets_nothing_out(job_id: UUID) -> None:
    claim = claimed(job_id)
    with jobs.carried_out(claim):
        raise ZeroDivisionError("what nobody should read in a row")
    kept = Job.objects.get(id=job_id)
    assert (kept.status, kept.problem) == (Job.Status.WAITING, "ZeroDivisionError")


def test_work_that_turns_out_moot_is_done(job_id: UUID) -> None:
    claim = claimed(job_id)
    with jobs.carried_out(claim, moot=(KeyError,)):
        raise KeyError
    assert Job.objects.get(id=job_id).status == Job.Status.DONE


@pytest.mark.parametrize("wrong", [KeyError, ZeroDivisionError, StaleClaim])
def test_a_worker_that_lost_its_lease_leaves_the_job_as_it_is(job_id: UUID, wrong: type[Exception]) -> None:
    claim = claimed(job_id)
    lease_ends(job_id)
    other = claimed(job_id)
    with jobs.carried_out(claim, moot=(KeyError,)):
        raise wrong
    assert Job.objects.get(id=job_id).status == Job.Status.RUNNING
    jobs.finish(other)


def test_a_worker_that_vanishes_thrice_leaves_a_dead_letter(job_id: UUID) -> None:
    for _ in range(3):
        assert jobs.claim(job_id, 30)
        lease_ends(job_id)
    assert jobs.bury_the_exhausted() == 1
    assert Job.objects.get(id=job_id).problem == "worker lost"


def test_a_job_waits_for_its_time() -> None:
    later = jobs.enqueue("specimen.remind", key=uuid4(), queue="default", run_at=timezone.now() + timedelta(hours=1))
    assert jobs.claim(later, 30) is None


def test_a_due_job_wakes_a_worker_once(job_id: UUID, woken: list[tuple[str, str, str]]) -> None:
    assert publisher.publish_due() == 1
    assert publisher.publish_due() == 0
    assert woken == [("specimen.draw", str(job_id), "images")]


def test_a_lost_wake_up_is_sent_again(job_id: UUID, woken: list[tuple[str, str, str]]) -> None:
    publisher.publish_due()
    Job.objects.filter(id=job_id).update(published_at=timezone.now() - timedelta(seconds=11))
    assert publisher.publish_due() == 1
    assert jobs.claim(job_id, 30)
    Job.objects.filter(id=job_id).update(published_at=timezone.now() - timedelta(seconds=11))
    assert publisher.publish_due() == 0
    lease_ends(job_id)
    assert publisher.publish_due() == 1
    assert len(woken) == 3


def test_without_valkey_the_job_stays_and_is_sent_later(
    job_id: UUID, monkeypatch: pytest.MonkeyPatch, woken: list[tuple[str, str, str]]
) -> None:
    with monkeypatch.context() as valkey_away:
        valkey_away.setattr(current_app, "send_task", _refused)
        with pytest.raises(BrokerAway):
            publisher.publish_due()
    assert publisher.publish_due() == 1


def _refused(*_: object, **__: object) -> None:
    raise ConnectionRefusedError


def test_what_is_owed_is_what_failed_or_was_not_begun_in_time_unless_another_did_the_same() -> None:
    who, other, late = str(uuid4()), str(uuid4()), timezone.now() - timedelta(seconds=jobs.OVERDUE_S + 1)

    def asked(key: UUID, whose: str = who, kind: str = "specimen.late", **when: datetime) -> UUID:
        return jobs.enqueue(kind, key=key, ids={"whose": whose}, queue="default", **when)

    def owed(*among: str) -> dict[str, int]:
        return jobs.owed("specimen.late", instead="specimen.draw", by="whose", among=among)

    key, failed, done = uuid4(), uuid4(), uuid4()
    asked(uuid4())
    asked(key, run_at=late)
    jobs.fail(claimed(asked(failed)), "Oops")
    jobs.finish(claimed(asked(done, run_at=late)))
    asked(uuid4(), other, run_at=late)
    assert (owed(who), owed(who, other), owed()) == ({who: 2}, {who: 2, other: 1}, {})
    first = asked(key, kind="specimen.draw")
    assert owed(who) == {who: 2}
    jobs.finish(claimed(first))
    assert owed(who) == {who: 1}


def dies(job_id: UUID) -> UUID:
    for _ in range(jobs.MAX_ATTEMPTS):
        jobs.fail(claimed(job_id), "OutOfMemory", retry_after_s=0)
    return job_id


def test_jobs_done_a_month_ago_are_cleared_away_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CLEARED_AT_ONCE", 2)
    old, new, dead, waiting = (
        [jobs.enqueue("specimen.draw", key=uuid4(), queue="images") for _ in range(number)] for number in (5, 1, 1, 1)
    )
    for job_id in (*old, *new):
        jobs.finish(claimed(job_id))
    dies(dead[0])
    twin = jobs.enqueue("specimen.late", key=Job.objects.get(id=dead[0]).key, queue="default")
    jobs.finish(claimed(twin))
    long_ago = timezone.now() - timedelta(days=31)
    Job.objects.filter(id__in=[*old, *dead, twin]).update(finished_at=long_ago)
    clear_jobs()
    assert set(Job.objects.values_list("id", flat=True)) == {*new, *dead, *waiting, twin}


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("jobs", *arguments, stdout=out)
    return out.getvalue()


def test_dead_jobs_are_listed_with_what_failed(job_id: UUID) -> None:
    assert told() == "1 waiting, 0 running, 0 dead\n"
    dies(job_id)
    line, counts = told().splitlines()
    assert line.startswith(f"{job_id} dead specimen.draw OutOfMemory since ")
    assert f"session={Job.objects.get().ids['session']}" in line
    assert counts == "0 waiting, 0 running, 1 dead"


def test_a_dead_job_is_run_again_or_dropped_on_demand(job_id: UUID) -> None:
    other = jobs.enqueue("specimen.draw", key=uuid4(), queue="images")
    told("--retry", str(dies(job_id)))
    assert jobs.claim(job_id, 30) is not None
    told("--drop", str(dies(other)))
    assert (jobs.claim(other, 30), jobs.counts()["dead"]) == (None, 0)
    assert told().startswith(f"{other} dropped specimen.draw OutOfMemory")
    told("--retry", str(other))
    assert jobs.claim(other, 30) is not None, "whoever dropped it may think better of it"


def test_a_dropped_job_is_owed_as_before() -> None:
    """Whoever is told that nobody has read a text goes on being told."""
    ids = {"whose": str(uuid4())}
    told("--drop", str(dies(jobs.enqueue("specimen.late", key=uuid4(), ids=ids, queue="default"))))
    assert jobs.owed("specimen.late", instead="specimen.draw", by="whose", among=ids.values()) == {ids["whose"]: 1}


@pytest.mark.parametrize("asked", ["--retry", "--drop"])
def test_a_job_that_is_not_dead_is_left_alone(job_id: UUID, asked: str) -> None:
    for wrong, status in ((str(job_id), 1), (str(uuid4()), 1), ("nonsense", 2)):
        with pytest.raises(CommandError) as refused:
            told(asked, wrong)
        assert refused.value.returncode == status
    assert Job.objects.get().status == Job.Status.WAITING
