"""A read model that stopped, a sealer that is away and jobs that nobody does can be scraped; no words of anybody."""

import time
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from eventstore import jobs, projection, scraping, store, subscription
from eventstore.actor import Actor
from eventstore.event import event
from eventstore.models import Job
from eventstore.projection import Projection, on
from eventstore.recorded import Recorded
from eventstore.stream import StreamName

pytestmark = pytest.mark.usefixtures("fresh_db")
ACTOR = Actor.system("test")
Seal = Callable[[], None]


@event("gauge.read.v1")
class Read:
    words: str


class Fine(Projection):
    name = "gauge.fine"

    @on(Read)
    def read(self, event: Read, meta: Recorded) -> None:
        """Content with all of it."""


class Broken(Projection):
    name = "gauge.broken"

    @on(Read)
    def read(self, event: Read, meta: Recorded) -> None:
        raise ValueError(event.words)


@pytest.fixture(autouse=True)
def followers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "_registered", {Fine.name: Fine, Broken.name: Broken})
    monkeypatch.setattr(subscription, "_registered", {})
    monkeypatch.setattr(scraping, "patience", scraping.Patience())


def page() -> str:
    answer = Client().get("/metrics", REMOTE_ADDR="127.0.0.1")
    assert answer.status_code == 200
    return answer.content.decode()


def scraped() -> dict[str, float]:
    """Each sample of ours by name and labels."""
    ours = ("attune_follower", "attune_jobs", "attune_unsealed")
    lines = [line.rpartition(" ") for line in page().splitlines() if line.startswith(ours)]
    return {name: float(value) for name, _, value in lines}


def happen(stream: StreamName, subject: UUID, times: int) -> None:
    said = [Read(words="afraid of the sea") for _ in range(times)]
    store.append(stream, said, expected=None, actor=ACTOR, command_id=uuid4(), subject=subject)


def test_a_follower_that_stopped_and_how_far_it_is_behind(stream: StreamName, subject: UUID, seal_now: Seal) -> None:
    happen(stream, subject, 3)
    seal_now()
    found = scraped()
    assert found['attune_follower_stopped{name="gauge.fine"}'] == 0
    assert found['attune_follower_behind{name="gauge.fine"}'] == 0
    assert found['attune_follower_stopped{name="gauge.broken"}'] == 1
    assert found['attune_follower_behind{name="gauge.broken"}'] == 3
    assert "afraid" not in page()


def test_a_follower_that_never_began_is_as_far_behind_as_the_log_is_long(
    stream: StreamName, subject: UUID, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as nobody:
        nobody.setattr(projection, "_registered", {})
        happen(stream, subject, 2)
        seal_now()
    assert scraped()['attune_follower_behind{name="gauge.fine"}'] == 2


def test_what_no_sealer_seals_is_told_by_its_age(stream: StreamName, subject: UUID, seal_now: Seal) -> None:
    assert scraped()["attune_unsealed_seconds"] == 0
    happen(stream, subject, 1)
    time.sleep(0.2)
    happen(stream, subject, 1)
    assert 0.2 <= scraped()["attune_unsealed_seconds"] < 60
    seal_now()
    assert scraped()["attune_unsealed_seconds"] == 0


def test_jobs_are_counted_by_where_they_stand() -> None:
    for _ in range(2):
        jobs.enqueue("gauge.draw", key=uuid4(), queue="images")
    buried = jobs.enqueue("gauge.draw", key=uuid4(), queue="images")
    worn = {"status": Job.Status.RUNNING, "attempts": jobs.MAX_ATTEMPTS, "lease_until": timezone.now()}
    Job.objects.filter(id=buried).update(**worn)
    assert jobs.bury_the_exhausted() == 1
    found = scraped()
    assert [found[f'attune_jobs{{status="{one}"}}'] for one in ("waiting", "running", "dead")] == [2, 0, 1]


def test_jobs_are_counted_by_an_index_however_many_are_done() -> None:
    """A scraper asks every few seconds, and what is done stays in the table."""
    now = timezone.now()
    done = {"kind": "gauge.draw", "ids": {}, "queue": "images", "status": Job.Status.DONE, "run_at": now}
    Job.objects.bulk_create([Job(key=uuid4(), **done) for _ in range(3000)])
    with connections["owner"].cursor() as owner:
        owner.execute("ANALYZE eventstore_job")
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + jobs.COUNTS)
        assert "job_undone" in str(cursor.fetchall())


def test_a_database_that_is_away_takes_nothing_else_from_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connections.settings["default"], "NAME", "nowhere")
    connections.close_all()
    assert "python_info" in page()
    assert scraped() == {}
    monkeypatch.undo()
    connections.close_all()
    assert "attune_unsealed_seconds" in scraped()


def test_a_database_that_is_away_is_waited_for_once_a_scrape(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def away() -> None:
        tries.append(1)
        with connections["default"].cursor():
            """Never opened."""

    monkeypatch.setitem(connections.settings["default"], "NAME", "nowhere")
    connections.close_all()
    assert scraping.asked(away) is None
    assert scraping.asked(away) is None
    assert len(tries) == 1
