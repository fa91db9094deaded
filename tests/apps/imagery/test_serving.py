"""Requests of several sessions that wait together are answered together: each once, the oldest first, none lost."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.utils import timezone

from apps.imagery import scheduling, tasks
from apps.imagery.events import ImageShown, RequestEnded
from apps.imagery.tasks import painting, together
from apps.imagery.tasks.errands import Errand
from eventstore import jobs
from eventstore.models import Job
from ml.imaging.serving.messages import Paint
from tests.apps.imagery.living import Clock, Living, Seal, events, jobs_of, living


@pytest.fixture
def patients(fresh_db: str, valkey: object, seal_now: Seal, clock: Clock) -> list[Living]:
    """Five who all feel bad now; their requests wait."""
    everybody = [living(seal_now, clock) for _ in range(5)]
    for patient in everybody:
        patient.feels(-4)
    assert len(jobs_of()) == len(everybody)
    return everybody


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The sessions that were answered, in tests about jobs: an answer that paints nothing and only finishes its job."""
    sessions = list[UUID]()

    def answer(errand: Errand, _: object) -> None:
        sessions.append(errand.session_id)
        jobs.finish(errand.claim)

    monkeypatch.setattr(tasks, "paint_answer", answer)
    return sessions


def test_who_waits_together_is_painted_together_and_answered_once(
    patients: list[Living], monkeypatch: pytest.MonkeyPatch
) -> None:
    serving = painting.service()
    monkeypatch.setattr(serving._batcher, "limits", replace(serving._batcher.limits, patience_s=60.0))
    process, sizes = serving._painting._process, list[int]()
    send = process.send

    def noted(message: Any) -> None:
        if isinstance(message, Paint):
            sizes.append(len(message.orders))
        send(message)

    monkeypatch.setattr(process, "send", noted)
    patients[1].ends()
    for job_id in jobs_of():
        tasks.compose(str(job_id))
    assert max(sizes) >= 2
    for patient in (*patients[:1], *patients[2:]):
        (shown,) = events(patient, ImageShown)
        assert shown.model.startswith("painter@") or shown.fallback == "refused"
    assert not events(patients[1], ImageShown)
    (ended,) = events(patients[1], RequestEnded)
    assert ended.reason == "session_ended"
    assert serving._batcher.announced == len(serving._batcher) == 0
    assert not Job.objects.filter(kind=scheduling.COMPOSE).exclude(status=Job.Status.DONE).exists()


def test_one_wake_up_answers_as_many_as_a_batch_holds_the_oldest_first(
    patients: list[Living], answered: list[UUID]
) -> None:
    waiting, most = jobs_of(), painting.most_together()
    assert 1 < most < len(waiting)
    tasks.compose(str(waiting[-1]))
    assert set(jobs_of()) == set(waiting[most - 1 : -1])
    assert len(answered) == most


def test_workers_that_wake_at_once_answer_each_request_once(patients: list[Living], answered: list[UUID]) -> None:
    def work(job_id: UUID) -> None:
        tasks.compose(str(job_id))
        connections.close_all()

    with ThreadPoolExecutor(3) as workers:
        list(workers.map(work, [*jobs_of(), *jobs_of()]))
    assert sorted(answered) == sorted(patient.session_id for patient in patients)
    assert not Job.objects.filter(kind=scheduling.COMPOSE).exclude(attempts=1, status=Job.Status.DONE).exists()


def test_what_is_not_due_or_another_kind_is_not_looked_for(patients: list[Living]) -> None:
    first, second, *others = jobs_of()
    Job.objects.filter(id__in=others).update(run_at=timezone.now() + timedelta(seconds=30))
    assert [job_id for job_id, _ in together._due([first], 8)] == [second]
    assert together._due([first, second], 8) == []


def test_one_whose_answer_breaks_costs_the_others_nothing(
    patients: list[Living], answered: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, answer = patients[0].session_id, tasks.paint_answer  # type: ignore[attr-defined]

    def fragile(errand: Errand, request: Any) -> None:
        if errand.session_id == broken:
            raise RuntimeError
        answer(errand, request)

    monkeypatch.setattr(tasks, "paint_answer", fragile)
    for job_id in jobs_of():
        tasks.compose(str(job_id))
    assert sorted(answered) == sorted(patient.session_id for patient in patients[1:])
    (job,) = Job.objects.filter(kind=scheduling.COMPOSE).exclude(status=Job.Status.DONE)
    assert (job.status, job.problem, job.ids["session_id"]) == (Job.Status.WAITING, "RuntimeError", str(broken))


def test_the_painters_process_is_told_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ATTUNE_KEK", "KEYS_DATABASE_URL", "DATABASE_URL", "ATTUNE_SECRET_KEY", "REDIS_URL"):
        monkeypatch.setenv(name, "canary")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    seen = painting._service.__wrapped__()._painting._process._environment
    assert "canary" not in seen.values()
    assert seen["HF_HOME"] == str(tmp_path)
