"""Followers that want nothing of what is new are moved on together, and nobody is ever moved past what is theirs."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from eventstore import following, projection, sealer, store, subscription
from eventstore.actor import Actor
from eventstore.event import event
from eventstore.models import Follower
from eventstore.projection import Projection, on
from eventstore.recorded import Recorded
from eventstore.stream import StreamName

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("test")
Seal = Callable[[], None]


@event("pond.filled.v1")
class Filled:
    litres: int


@event("pond.frozen.v1")
class Frozen:
    thickness_mm: int


class Fillings(Projection):
    name = "specimen.fillings"
    seen: list[int] = []

    @on(Filled)
    def filled(self, event: Filled, meta: Recorded) -> None:
        self.seen.append(event.litres)


class Ice(Projection):
    name = "specimen.ice"
    seen: list[int] = []

    @on(Frozen)
    def frozen(self, event: Frozen, meta: Recorded) -> None:
        self.seen.append(event.thickness_mm)


@pytest.fixture(autouse=True)
def ponds(monkeypatch: pytest.MonkeyPatch) -> None:
    Fillings.seen, Ice.seen = [], []
    monkeypatch.setattr(projection, "_registered", {Fillings.name: Fillings, Ice.name: Ice})
    monkeypatch.setattr(subscription, "_registered", {})


def happen(stream: StreamName, subject: UUID, *events: object) -> None:
    store.append(
        stream, list(events), expected=store.version_of(stream), actor=ACTOR, command_id=uuid4(), subject=subject
    )


def places() -> dict[str, int]:
    return dict(Follower.objects.values_list("name", "position"))


def test_everybody_reaches_the_end_and_sees_what_is_theirs(stream: StreamName, subject: UUID, seal_now: Seal) -> None:
    for litres in range(5):
        happen(stream, subject, Filled(litres=litres))
        seal_now()
    happen(stream, subject, Frozen(thickness_mm=3), Filled(litres=9))
    seal_now()
    assert Fillings.seen == [0, 1, 2, 3, 4, 9]
    assert Ice.seen == [3]
    assert set(places().values()) == {store.head()}


def test_a_follower_of_nothing_seen_yet_begins_all_the_same(
    stream: StreamName, subject: UUID, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "BATCH", 3)
    happen(stream, subject, *(Filled(litres=one) for one in range(8)), Frozen(thickness_mm=1))
    seal_now()
    assert Ice.seen == [1]


@pytest.mark.parametrize("behind", [Fillings.name, Ice.name])
def test_one_that_is_far_behind_holds_nobody_and_misses_nothing(
    behind: str, stream: StreamName, subject: UUID, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(stream, subject, *(Filled(litres=one) for one in range(6)), Frozen(thickness_mm=2))
    seal_now()
    monkeypatch.setattr(following, "BATCH", 2)
    Follower.objects.filter(name=behind).update(position=0)
    Fillings.seen, Ice.seen = [], []
    happen(stream, subject, Frozen(thickness_mm=4))
    seal_now()
    assert set(places().values()) == {store.head()}
    assert Ice.seen[-1] == 4
    assert Fillings.seen == ([0, 1, 2, 3, 4, 5] if behind == Fillings.name else [])


def test_one_that_moved_meanwhile_stays_where_it_is(stream: StreamName, subject: UUID, seal_now: Seal) -> None:
    """A rebuild may have sent it back to the beginning between looking and moving."""
    happen(stream, subject, Filled(litres=1), Filled(litres=2))
    seal_now()
    ice = next(one for one in sealer.all_followers() if one.name == Ice.name)
    Follower.objects.filter(name=Ice.name).update(position=0)
    assert following.pass_over([(ice, 2)], 10) == 0
    assert places()[Ice.name] == 0


def test_one_that_stopped_is_not_moved(stream: StreamName, subject: UUID, seal_now: Seal) -> None:
    happen(stream, subject, Filled(litres=1))
    seal_now()
    Follower.objects.filter(name=Ice.name).update(status=Follower.Status.STOPPED)
    happen(stream, subject, Filled(litres=2))
    seal_now()
    assert places() == {Fillings.name: 2, Ice.name: 1}
