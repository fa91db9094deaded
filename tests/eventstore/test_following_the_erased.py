"""What is still written about a patient while they are erased stops no follower, and is read by none."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from eventstore import projection, rebuilding, store, subscription
from eventstore.actor import Actor
from eventstore.event import event
from eventstore.models import Follower
from eventstore.projection import Projection, on
from eventstore.recorded import Recorded
from eventstore.stream import StreamName
from vault import cache, keys

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("test")
Seal = Callable[[], None]


@event("well.dug.v1")
class Dug:
    metres: int


@event("well.measured.v1")
class Measured:
    metres: int


@event("well.closed.v1", system_key=True, erases=True)
class Closed:
    reason: str


class Wells(Projection):
    """A measure needs its well, as an answer needs its form."""

    name = "specimen.wells"
    depths: dict[UUID | None, list[int]] = {}

    @on(Dug)
    def dug(self, event: Dug, meta: Recorded) -> None:
        self.depths[meta.subject] = [event.metres]

    @on(Measured)
    def measured(self, event: Measured, meta: Recorded) -> None:
        self.depths[meta.subject].append(event.metres)

    def forget(self, subject: UUID) -> None:
        self.depths.pop(subject, None)


@pytest.fixture(autouse=True)
def wells(monkeypatch: pytest.MonkeyPatch) -> None:
    Wells.depths = {}
    monkeypatch.setattr(projection, "_registered", {Wells.name: Wells})
    monkeypatch.setattr(subscription, "_registered", {})


@pytest.fixture
def other() -> UUID:
    neighbour = uuid4()
    keys.create(neighbour)
    return neighbour


def happen(subject: UUID, *events: object) -> None:
    stream = StreamName("well", subject)
    expected = store.version_of(stream)
    store.append(stream, list(events), expected=expected, actor=ACTOR, command_id=uuid4(), subject=subject)


def stands() -> tuple[str, int]:
    place = Follower.objects.get(name=Wells.name)
    return place.status, place.position


def test_a_key_that_another_process_destroyed_opens_nothing_for_a_follower(
    subject: UUID, other: UUID, seal_now: Seal
) -> None:
    happen(subject, Dug(metres=3))
    happen(other, Dug(metres=5))
    seal_now()
    key = keys.for_sealing(subject)
    happen(subject, Closed(reason="asked"))
    keys.destroy(subject)
    cache.keep([key], newest=True)
    happen(subject, Dug(metres=4), Measured(metres=6))
    happen(other, Measured(metres=7))
    seal_now()
    assert Wells.depths == {other: [5, 7]}
    assert stands() == ("running", 6)


def test_what_fails_for_want_of_rows_that_an_erasure_took_is_passed_over(
    subject: UUID, other: UUID, seal_now: Seal
) -> None:
    """The log says that a patient is erased a moment before their keys go."""
    happen(subject, Dug(metres=3), Closed(reason="asked"), Measured(metres=6))
    happen(other, Dug(metres=5))
    seal_now()
    assert Wells.depths == {other: [5]}
    assert stands() == ("running", 4)


def test_a_rebuild_passes_over_it_too(subject: UUID, other: UUID, seal_now: Seal) -> None:
    happen(subject, Dug(metres=3), Closed(reason="asked"), Measured(metres=6))
    happen(other, Dug(metres=5))
    seal_now()
    Wells.depths = {}
    assert rebuilding.rebuild(Wells) == 4
    assert Wells.depths == {other: [5]}


def test_what_fails_for_someone_who_is_not_erased_stops_as_ever(subject: UUID, other: UUID, seal_now: Seal) -> None:
    happen(subject, Dug(metres=3), Closed(reason="asked"))
    happen(other, Measured(metres=6), Dug(metres=5))
    seal_now()
    assert stands() == ("stopped", 2)
    with pytest.raises(KeyError):
        rebuilding.rebuild(Wells)
