"""What is read says how far it is behind: of a follower that stopped, one that never ran, and a sealer that is away."""

import time
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from eventstore import lag, projection, store, subscription
from eventstore.actor import Actor
from eventstore.event import event
from eventstore.lag import lag_of
from eventstore.models import Follower
from eventstore.projection import Projection, on
from eventstore.recorded import Recorded
from eventstore.stream import StreamName

pytestmark = pytest.mark.usefixtures("fresh_db")
Seal = Callable[[], None]


@event("tide.read.v1")
class Read:
    words: str


class Fine(Projection):
    name = "tide.fine"

    @on(Read)
    def read(self, event: Read, meta: Recorded) -> None:
        """Content with all of it."""


class Broken(Projection):
    name = "tide.broken"

    @on(Read)
    def read(self, event: Read, meta: Recorded) -> None:
        if event.words == "ill":
            raise ValueError


@pytest.fixture(autouse=True)
def followers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "_registered", {Fine.name: Fine, Broken.name: Broken})
    monkeypatch.setattr(subscription, "_registered", {})


def happen(stream: StreamName, subject: UUID, *words: str) -> None:
    said = [Read(words=one) for one in words]
    store.append(stream, said, expected=None, actor=Actor.system("test"), command_id=uuid4(), subject=subject)


def test_what_has_seen_all_is_not_late(stream: StreamName, subject: UUID, seal_now: Seal) -> None:
    assert lag_of(Fine.name).late_since is None, "an empty log"
    happen(stream, subject, "well", "well")
    seal_now()
    found = lag_of(Fine.name)
    assert (found.stopped, found.positions, found.since, found.late_since) == (False, 0, None, None)


def test_what_stopped_is_late_from_the_event_on_at_which_it_stopped(
    stream: StreamName, subject: UUID, seal_now: Seal
) -> None:
    for words in ("well", "ill", "well"):
        happen(stream, subject, words)
    seal_now()
    _, ill, _ = store.read(stream)
    found = lag_of(Fine.name, Broken.name)
    assert (found.stopped, found.positions) == (True, 2)
    assert found.since == found.late_since == ill.recorded_at
    assert lag_of(Fine.name).late_since is None


def test_what_waits_for_the_sealer_or_was_never_followed_is_late_after_a_while(
    stream: StreamName, subject: UUID, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lag, "LATE_S", 0.5)
    happen(stream, subject, "well")
    assert lag_of(Fine.name).late_since is None, "a moment is no lateness"
    seal_now()
    [first] = store.read(stream)
    time.sleep(0.6)
    happen(stream, subject, "well")
    time.sleep(0.6)
    found = lag_of(Fine.name)
    assert (found.stopped, found.positions) == (False, 0)
    assert found.late_since == store.read(stream)[1].recorded_at
    assert lag_of("tide.of-nobody").late_since == first.recorded_at
    seal_now()
    assert lag_of(Fine.name).late_since is None
    Follower.objects.filter(name=Fine.name).delete()
    assert lag_of(Fine.name).late_since == first.recorded_at
