"""Projections, subscriptions and rebuilding, on a read model made for the test."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from django.db import connections, models
from pytest_django.plugin import DjangoDbBlocker

from eventstore import erasure, followers, jobs, projection, rebuilding, sealer, store, subscription
from eventstore.actor import Actor
from eventstore.event import event
from eventstore.models import Follower, Job
from eventstore.projection import Projection, on, wait_for
from eventstore.recorded import Recorded
from eventstore.service import Service
from eventstore.stream import StreamName
from eventstore.tasks import finish_erasures
from vault import keys

pytestmark = pytest.mark.django_db
COMMITS = pytest.mark.usefixtures("fresh_db")
ACTOR = Actor.system("test")


@event("plant.watered.v1")
class Watered:
    litres: int


@event("plant.removed.v1", system_key=True, erases=True)
class Removed:
    at: datetime


class PlantRow(models.Model):
    subject_id = models.UUIDField(primary_key=True)
    litres = models.IntegerField()

    objects: ClassVar[models.Manager["PlantRow"]] = models.Manager()

    class Meta:
        app_label = "eventstore_specimen"
        db_table = "specimen_plant"

    def __str__(self) -> str:
        return str(self.subject_id)


class Plants(Projection):
    name = "specimen.plants"
    models = (PlantRow,)

    @on(Watered)
    def watered(self, event: Watered, meta: Recorded) -> None:
        if event.litres < 0:
            raise ValueError("a plant gives no water back")
        row, _ = PlantRow.objects.get_or_create(subject_id=meta.subject, defaults={"litres": 0})
        row.litres += event.litres
        row.save()


class Droughts(Projection):
    name = "specimen.droughts"
    seen: list[int] = []

    @on(Watered)
    def watered(self, event: Watered, meta: Recorded) -> None:
        self.seen.append(event.litres)


def make_table() -> None:
    """As the owner, who gives the app its rights on every ordinary table."""
    with connections["owner"].schema_editor() as editor:
        editor.create_model(PlantRow)


@pytest.fixture(scope="module")
def table(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        make_table()
        yield
        with connections["owner"].schema_editor() as editor:
            editor.delete_model(PlantRow)
        connections["owner"].close()


@pytest.fixture(autouse=True)
def plants(table: None, request: pytest.FixtureRequest, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    if "fresh_db" in request.fixturenames:
        make_table()
    Droughts.seen = []
    monkeypatch.setattr(projection, "_registered", {Plants.name: Plants, Droughts.name: Droughts})
    monkeypatch.setattr(subscription, "_registered", {})


def water(stream: StreamName, subject: UUID, *litres: int) -> int:
    version = store.version_of(stream)
    events = [Watered(litres=one) for one in litres]
    return store.append(stream, events, expected=version, actor=ACTOR, command_id=uuid4(), subject=subject)


def test_rows_and_checkpoint_move_together(stream: StreamName, subject: UUID, seal_now: Callable[[], None]) -> None:
    water(stream, subject, 1, 2)
    seal_now()
    assert PlantRow.objects.get().litres == 3
    assert Follower.objects.get(name=Plants.name).position == 2


def test_a_failing_projection_stops_before_the_event_and_others_go_on(
    stream: StreamName, subject: UUID, seal_now: Callable[[], None]
) -> None:
    water(stream, subject, 1, 2, -1, 4)
    seal_now()
    place = Follower.objects.get(name=Plants.name)
    assert (place.position, place.status, place.problem) == (2, "stopped", "ValueError at position 3")
    assert PlantRow.objects.get().litres == 3
    assert Droughts.seen.count(4) == 1


def test_a_stopped_projection_goes_on_where_it_stopped(
    stream: StreamName, subject: UUID, seal_now: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    water(stream, subject, 1, -1, 4)
    seal_now()
    monkeypatch.setattr(Plants, "watered", on(Watered)(lambda self, event, meta: None))
    assert followers.resume_stopped() == [Plants.name]
    seal_now()
    assert Follower.objects.get(name=Plants.name).position == 3


def test_an_event_of_an_unknown_type_parks_the_follower(
    stream: StreamName, subject: UUID, seal_now: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from eventstore import event as events

    water(stream, subject, 1)
    known = {name: kind for name, kind in events._by_name.items() if name != "plant.watered.v1"}
    with monkeypatch.context() as newer_log:
        newer_log.setattr(events, "_by_name", known)
        seal_now()
    assert Follower.objects.get(name=Plants.name).position == 0
    assert "UnknownEventType" in Follower.objects.get(name=Plants.name).problem


@COMMITS
def test_killed_between_effect_and_checkpoint_applies_once(
    stream: StreamName, subject: UUID, seal_now: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    water(stream, subject, 5)
    with monkeypatch.context() as dying:
        dying.setattr(Follower, "save", _die)
        with pytest.raises(KeyboardInterrupt):
            seal_now()
    assert not PlantRow.objects.exists()
    seal_now()
    assert PlantRow.objects.get().litres == 5


def _die(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_rebuild_equals_the_live_rows(subject: UUID, seal_now: Callable[[], None]) -> None:
    others = [uuid4() for _ in range(3)]
    for one in (subject, *others):
        keys.create(one)
        water(StreamName("plant", one), one, 1, 2, 3)
    seal_now()
    live = list(PlantRow.objects.order_by("subject_id").values())
    PlantRow.objects.filter(subject_id=subject).update(litres=99)
    assert rebuilding.rebuild(Plants) == 12
    assert list(PlantRow.objects.order_by("subject_id").values()) == live
    water(StreamName("plant", subject), subject, 4)
    seal_now()
    assert PlantRow.objects.get(subject_id=subject).litres == 10


@COMMITS
def test_a_rebuild_takes_in_what_comes_meanwhile(
    stream: StreamName, subject: UUID, seal_now: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    water(stream, subject, 1)
    seal_now()
    replay = rebuilding._replay

    def and_then_someone_writes(follower: object, after: int) -> int:
        last = replay(follower, after)  # type: ignore[arg-type]  # passed through
        if not last:
            water(stream, subject, 10)
            seal_now()
        return last

    monkeypatch.setattr(rebuilding, "_replay", and_then_someone_writes)
    rebuilding.rebuild(Plants)
    assert PlantRow.objects.get().litres == 11
    assert Follower.objects.get(name=Plants.name).position == 2


def test_a_failed_rebuild_leaves_the_old_rows(
    stream: StreamName, subject: UUID, seal_now: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    water(stream, subject, 1)
    seal_now()
    monkeypatch.setattr(Plants, "watered", on(Watered)(_die))
    with pytest.raises(KeyboardInterrupt):
        rebuilding.rebuild(Plants)
    assert PlantRow.objects.get().litres == 1


def test_a_new_version_is_rebuilt_at_the_sealers_start(
    stream: StreamName, subject: UUID, seal_now: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    water(stream, subject, 1)
    seal_now()
    monkeypatch.setattr(Plants, "version", 2)
    assert rebuilding.rebuild_outdated() == [Plants.name]
    assert Follower.objects.get(name=Plants.name).version == 2
    assert rebuilding.rebuild_outdated() == []


@COMMITS
def test_an_erased_subject_leaves_no_row_live_or_replayed(
    stream: StreamName, subject: UUID, seal_now: Callable[[], None]
) -> None:
    version = water(stream, subject, 1)
    seal_now()
    gone = [Removed(at=datetime(2026, 1, 1, tzinfo=UTC))]
    store.append(stream, gone, expected=version, actor=ACTOR, command_id=uuid4())
    keys.destroy(subject)
    seal_now()
    assert not PlantRow.objects.exists()
    rebuilding.rebuild(Plants)
    assert not PlantRow.objects.exists()


@COMMITS
def test_someone_who_is_erased_during_a_rebuild_leaves_no_row(
    stream: StreamName, subject: UUID, seal_now: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The erasure was interrupted, and the plant watered again; it is finished while the log is replayed."""
    version = water(stream, subject, 1)
    gone = [Removed(at=datetime(2026, 1, 1, tzinfo=UTC))]
    store.append(stream, gone, expected=version, actor=ACTOR, command_id=uuid4())
    water(stream, subject, 2)
    seal_now()
    assert PlantRow.objects.get().litres == 2
    replay = rebuilding._replay

    def and_then_it_is_finished(follower: object, after: int) -> int:
        last = replay(follower, after)  # type: ignore[arg-type]  # passed through
        if not last:
            keys.destroy(subject)
            followers.forget(subject)
        return last

    monkeypatch.setattr(rebuilding, "_replay", and_then_it_is_finished)
    rebuilding.rebuild(Plants)
    assert not PlantRow.objects.exists()


def test_what_a_killed_rebuild_left_goes_with_the_next_erasure(
    stream: StreamName, subject: UUID, seal_now: Callable[[], None], fresh_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    water(stream, subject, 2)
    seal_now()
    kill_a_rebuild(monkeypatch)
    assert rows_in_the_shadow() == 1
    erasure.erase(subject)
    assert rows_in_the_shadow() is None


def test_what_a_killed_rebuild_left_goes_when_the_sealer_starts_and_by_the_clock(
    stream: StreamName, subject: UUID, seal_now: Callable[[], None], fresh_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    water(stream, subject, 2)
    seal_now()
    for clears in (Service()._begin, finish_erasures):
        kill_a_rebuild(monkeypatch)
        clears()
        assert rows_in_the_shadow() is None


def test_a_rebuild_at_work_keeps_its_shadow(
    stream: StreamName, subject: UUID, seal_now: Callable[[], None], fresh_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the erasure that left it alone is seen before the rows are swapped."""
    water(stream, subject, 2)
    seal_now()
    replay, kept = rebuilding._replay, []

    def elsewhere() -> None:
        erasure.erase(subject)
        kept.append(rows_in_the_shadow())
        connections.close_all()

    def and_then_they_are_erased(follower: object, after: int) -> int:
        last = replay(follower, after)  # type: ignore[arg-type]  # passed through
        if not last:
            other = threading.Thread(target=elsewhere)
            other.start()
            other.join()
        return last

    monkeypatch.setattr(rebuilding, "_replay", and_then_they_are_erased)
    rebuilding.rebuild(Plants)
    assert kept == [1]
    assert not PlantRow.objects.exists()


def kill_a_rebuild(monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as killed:
        killed.setattr(rebuilding, "_swap", die)
        with pytest.raises(Killed):
            rebuilding.rebuild(Plants)


def rows_in_the_shadow() -> int | None:
    """None where there is no shadow."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT to_regclass('attune_rebuild.specimen_plant')")
        if cursor.fetchone()[0] is None:
            return None
        cursor.execute("SELECT count(*) FROM attune_rebuild.specimen_plant")
        return int(cursor.fetchone()[0])


def test_waiting_for_a_projection_sees_ones_own_write(
    stream: StreamName, subject: UUID, seal_now: Callable[[], None]
) -> None:
    version = water(stream, subject, 1)
    assert not wait_for(Plants.name, stream, version, timeout_s=0.02)
    seal_now()
    assert wait_for(Plants.name, stream, version)
    assert not wait_for(Plants.name, stream, version + 1, timeout_s=0.02)


def test_a_subscription_enqueues_each_job_once(
    stream: StreamName, subject: UUID, seal_now: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wants_a_picture(event: Watered, meta: Recorded) -> None:
        jobs.enqueue("specimen.draw", key=meta.event_id, ids={"stream": meta.stream.entity_id}, queue="default")

    subscription.register_subscription("specimen.pictures", {Watered: wants_a_picture})
    water(stream, subject, 1, 2)
    seal_now()
    Follower.objects.filter(name="specimen.pictures").update(position=0)
    seal_now()
    assert Job.objects.count() == 2
    assert Job.objects.earliest("run_at").ids == {"stream": str(stream.entity_id)}


def test_one_sealer_works_while_another_waits(stream: StreamName, subject: UUID) -> None:
    water(stream, subject, 1)
    with connections["owner"].cursor() as other:
        other.execute("SELECT pg_advisory_lock(hashtext('attune.seal'))")
        assert sealer.seal() == (-1, 0)
        other.execute("SELECT pg_advisory_unlock_all()")
    connections["owner"].close()
    assert sealer.seal() == (1, 1)
