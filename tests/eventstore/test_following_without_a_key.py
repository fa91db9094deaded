"""A follower that lacks a key-encryption key waits for it: an operator who adds one can be slower than the log."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pytest_django import Settings

from eventstore import followers, following, projection, rebuilding, store, subscription
from eventstore.actor import Actor
from eventstore.event import event
from eventstore.models import Follower
from eventstore.projection import Projection, on
from eventstore.recorded import Recorded
from eventstore.stream import StreamName
from vault import cache, kek, keys

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("test")
Seal = Callable[[], None]


@event("kiln.fired.v1")
class Fired:
    degrees: int


@event("kiln.cooled.v1")
class Cooled:
    degrees: int


class Firings(Projection):
    name = "specimen.firings"
    seen: list[int] = []

    @on(Fired)
    def fired(self, event: Fired, meta: Recorded) -> None:
        self.seen.append(event.degrees)


class Coolings(Projection):
    name = "specimen.coolings"
    seen: list[int] = []

    @on(Cooled)
    def cooled(self, event: Cooled, meta: Recorded) -> None:
        self.seen.append(event.degrees)


@pytest.fixture(autouse=True)
def kilns(monkeypatch: pytest.MonkeyPatch) -> None:
    Firings.seen, Coolings.seen = [], []
    monkeypatch.setattr(projection, "_registered", {Firings.name: Firings, Coolings.name: Coolings})
    monkeypatch.setattr(subscription, "_registered", {})
    monkeypatch.setattr(following, "_waiting", {})


@pytest.fixture
def key_file(tmp_path: Path, settings: Settings) -> Path:
    """A key file that holds version 1, the one of all tests."""
    path = tmp_path / "kek"
    path.write_text(f"1:{settings.ATTUNE_KEK}\n")
    settings.ATTUNE_KEK, settings.ATTUNE_KEK_FILE = "", str(path)
    return path


def happen(subject: UUID, *events: object) -> None:
    stream = StreamName("kiln", subject)
    expected = store.version_of(stream)
    store.append(stream, list(events), expected=expected, actor=ACTOR, command_id=uuid4(), subject=subject)


def stands() -> dict[str, tuple[str, int]]:
    return {one.name: (one.status, one.position) for one in Follower.objects.all()}


def somebody_elses_new_version(key_file: Path) -> str:
    """Version 2, with which another process took in a patient; the key file holds version 1 alone."""
    older, newer = key_file.read_text(), kek.new_entry(2) + "\n"
    key_file.write_text(older + newer)
    patient = uuid4()
    keys.create(patient)
    happen(patient, Fired(degrees=900))
    key_file.write_text(older)
    cache.clear()
    return newer


def test_who_lacks_the_key_waits_and_goes_on_once_the_file_has_it(
    key_file: Path, subject: UUID, seal_now: Seal, caplog: pytest.LogCaptureFixture
) -> None:
    happen(subject, Fired(degrees=600))
    newer = somebody_elses_new_version(key_file)
    happen(subject, Fired(degrees=700), Cooled(degrees=20))
    for _ in range(3):
        seal_now()
    assert Firings.seen == [600], "what lies before is taken"
    assert Coolings.seen == [20], "and whoever needs no such key goes on"
    assert stands() == {Firings.name: ("running", 1), Coolings.name: ("running", 4)}
    said = [one.getMessage() for one in caplog.records if one.name == "eventstore.following"]
    assert said == ["specimen.firings waits: key-encryption key 2 is missing"], "once, and not each time it looks"
    key_file.write_text(key_file.read_text() + newer)
    seal_now()
    assert Firings.seen == [600, 900, 700]
    assert stands()[Firings.name] == ("running", store.head())


def test_a_key_file_that_is_broken_for_a_moment_stops_nobody(key_file: Path, subject: UUID, seal_now: Seal) -> None:
    happen(subject, Fired(degrees=600))
    seal_now()
    happen(subject, Fired(degrees=700))
    whole = key_file.read_text()
    for broken in ("", "1:half-of-a-li", None):
        key_file.unlink() if broken is None else key_file.write_text(broken)
        cache.clear()
        seal_now()
        assert stands()[Firings.name] == ("running", 1)
    key_file.write_text(whole)
    seal_now()
    assert Firings.seen == [600, 700]


def test_a_rebuild_without_the_key_stops_that_one_and_nothing_waits_for_it(
    key_file: Path, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = somebody_elses_new_version(key_file)
    seal_now()
    Follower.objects.update_or_create(name=Firings.name, defaults={"version": Firings.version})
    monkeypatch.setattr(Firings, "version", Firings.version + 1)
    assert rebuilding.rebuild_outdated() == []
    assert stands()[Firings.name] == ("stopped", 0)
    key_file.write_text(key_file.read_text() + newer)
    assert followers.resume_stopped() == [Firings.name]  # as the sealer does at its start
    assert rebuilding.rebuild_outdated() == [Firings.name]
    assert Firings.seen == [900]
