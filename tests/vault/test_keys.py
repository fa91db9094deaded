"""Data keys in the real key database."""

import threading
import time
from uuid import UUID, uuid4

import pytest
from django.db import connections
from pytest_django import Settings

from vault import blind, cache, columns, kek, keys, rotation, wrapping
from vault.errors import KekRefused, KeyLost, KeyUnavailable, SubjectErased, SubjectUnknown, Tampered
from vault.models import WrappedKey

pytestmark = pytest.mark.django_db
COLUMN = "specimens.specimen.name"


@pytest.fixture
def subject() -> UUID:
    patient = uuid4()
    keys.create(patient)
    return patient


@pytest.fixture
def two_versions(settings: Settings) -> Settings:
    old, new = kek.new_entry(1), kek.new_entry(2)
    settings.ATTUNE_KEK = old
    settings.BOTH, settings.NEW = f"{old},{new}", new
    return settings


def test_a_value_opens_for_its_subject_and_column_only(subject: UUID) -> None:
    sealed = columns.seal(subject, {"name": "Ada", "scores": [1, None, 2.5]}, column=COLUMN)
    assert columns.open(subject, memoryview(sealed), column=COLUMN) == {"name": "Ada", "scores": [1, None, 2.5]}
    with pytest.raises(Tampered):
        columns.open(subject, sealed, column="specimens.specimen.note")
    with pytest.raises(Tampered):
        columns.open(uuid4(), sealed, column=COLUMN)


def test_the_system_has_a_key_of_its_own() -> None:
    assert columns.open(None, columns.seal(None, "staff", column=COLUMN), column=COLUMN) == "staff"
    with pytest.raises(ValueError, match="not erased"):
        keys.destroy(keys.SYSTEM)


def test_creating_twice_keeps_the_first_key(subject: UUID) -> None:
    before = keys.for_sealing(subject).key_id
    keys.create(subject)
    cache.clear()
    assert keys.for_sealing(subject).key_id == before


def test_an_erased_subject_never_opens_and_never_returns(subject: UUID) -> None:
    sealed = columns.seal(subject, "Ada", column=COLUMN)
    keys.destroy(subject)
    keys.destroy(subject)
    for refused in (
        lambda: columns.open(subject, sealed, column=COLUMN),
        lambda: columns.seal(subject, "Ada", column=COLUMN),
        lambda: keys.create(subject),
    ):
        with pytest.raises(SubjectErased):
            refused()
    assert not WrappedKey.objects.using("keys").filter(subject=subject).exists()


def test_unknown_lost_and_erased_are_three_things(subject: UUID) -> None:
    with pytest.raises(SubjectUnknown):
        columns.seal(uuid4(), "Ada", column=COLUMN)
    sealed = columns.seal(subject, "Ada", column=COLUMN)
    WrappedKey.objects.using("keys").filter(subject=subject).delete()
    cache.clear()
    with pytest.raises(KeyLost):
        columns.open(subject, sealed, column=COLUMN)


def test_older_generations_still_open(subject: UUID) -> None:
    sealed = columns.seal(subject, "Ada", column=COLUMN)
    keys.renew(subject)
    renewed = columns.seal(subject, "Ada", column=COLUMN)
    assert keys.for_sealing(subject).generation == 2
    assert [columns.open(subject, one, column=COLUMN) for one in (sealed, renewed)] == ["Ada", "Ada"]


def test_many_keys_come_in_one_query(subject: UUID, django_assert_num_queries: pytest.FixtureRequest) -> None:
    subjects = [uuid4() for _ in range(5)]
    for one in subjects:
        keys.create(one)
    sealed = [columns.seal(one, "Ada", column=COLUMN) for one in subjects]
    cache.clear()
    with django_assert_num_queries(1, using="keys"):  # type: ignore[operator]  # a fixture that is called
        keys.prefetch(subjects)
        for one, bytes_ in zip(subjects, sealed, strict=True):
            columns.open(one, bytes_, column=COLUMN)


def test_whoever_writes_down_what_it_opens_asks_past_the_cache(
    subject: UUID, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    """Another process's erasure leaves this one's cache as it was."""
    other = uuid4()
    keys.create(other)
    here, there = keys.for_sealing(subject), keys.for_sealing(other)
    keys.destroy(subject)
    cache.keep([here], newest=True)
    with django_assert_num_queries(1, using="keys"):  # type: ignore[operator]  # a fixture that is called
        assert keys.find_living({here.key_id, there.key_id}) == {there.key_id: there}
    assert keys.find({here.key_id}) == {here.key_id: here}


def test_the_cache_forgets_within_seconds(subject: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.for_sealing(subject)
    assert cache.newest_of(subject)
    later = time.monotonic() + 5.0
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert cache.newest_of(subject) is None


def test_an_index_is_equal_for_equal_values_and_differs_by_field() -> None:
    index = blind.index("accounts.user.login", "Ada@Example.org")
    assert index == blind.index("accounts.user.login", " ada@example.ORG ")
    assert index != blind.index("patients.patient.number", "Ada@Example.org")
    assert len(index) == 32


def test_rotation_rewraps_and_everything_still_opens(two_versions: Settings) -> None:
    mine = uuid4()
    cache.clear()
    WrappedKey.objects.using("keys").all().delete()
    keys.create(mine)
    sealed, index = columns.seal(mine, "Ada", column=COLUMN), blind.index("f", "v")
    two_versions.ATTUNE_KEK = two_versions.BOTH
    assert rotation.rewrap() == 2
    assert rotation.rewrap() == 0
    two_versions.ATTUNE_KEK = two_versions.NEW
    cache.clear()
    assert columns.open(mine, sealed, column=COLUMN) == "Ada"
    assert blind.index("f", "v") == index
    wrapping.refuse_wrong_keks()


def test_a_retired_a_missing_and_a_wrong_key_refuse_to_boot(two_versions: Settings) -> None:
    WrappedKey.objects.using("keys").all().delete()
    keys.create(uuid4())
    first = two_versions.ATTUNE_KEK
    wrapping.refuse_wrong_keks()
    two_versions.ATTUNE_KEK = two_versions.NEW
    with pytest.raises(KekRefused, match="1 is missing"):
        wrapping.refuse_wrong_keks()
    two_versions.ATTUNE_KEK = kek.new_entry(1)
    with pytest.raises(KekRefused, match="not the one that was used"):
        wrapping.refuse_wrong_keks()
    two_versions.ATTUNE_KEK = two_versions.BOTH
    rotation.rewrap()
    two_versions.ATTUNE_KEK = first
    with pytest.raises(KekRefused, match="2 is missing"):
        wrapping.refuse_wrong_keks()
    WrappedKey.objects.using("keys").all().delete()
    with pytest.raises(KekRefused, match="1 is retired"):
        wrapping.refuse_wrong_keks()


def test_a_changed_wrapped_key_is_refused(subject: UUID) -> None:
    row = WrappedKey.objects.using("keys").get(subject=subject)
    row.wrapped = bytes([row.wrapped[0] ^ 1]) + bytes(row.wrapped)[1:]
    row.save(using="keys")
    with pytest.raises(Tampered):
        keys.for_sealing(subject)


@pytest.mark.usefixtures("fresh_db")
def test_rotation_under_load_fails_no_request(two_versions: Settings) -> None:
    two_versions.ATTUNE_KEK = two_versions.BOTH.partition(",")[0]
    subjects = [uuid4() for _ in range(20)]
    for one in subjects:
        keys.create(one)
    two_versions.ATTUNE_KEK = two_versions.BOTH
    failures: list[Exception] = []
    done = threading.Event()

    def load() -> None:
        try:
            while not done.is_set():
                for one in subjects:
                    cache.clear()
                    columns.open(one, columns.seal(one, "Ada", column=COLUMN), column=COLUMN)
                keys.create(uuid4())
        except Exception as error:  # noqa: BLE001  (whatever it is, the test reports it)
            failures.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=load) for _ in range(3)]
    for worker in workers:
        worker.start()
    rewrapped = rotation.rewrap()
    done.set()
    for worker in workers:
        worker.join()
    assert failures == []
    assert rewrapped >= 20


@pytest.mark.usefixtures("fresh_db")
def test_without_the_key_database_one_waits(subject: UUID) -> None:
    sealed = columns.seal(subject, "Ada", column=COLUMN)
    cache.clear()
    name = connections.settings["keys"]["NAME"]
    connections["keys"].close()
    connections.settings["keys"]["NAME"] = "no_such_database"
    with pytest.raises(KeyUnavailable) as away:
        columns.open(subject, sealed, column=COLUMN)
    assert away.value.retry
    connections.settings["keys"]["NAME"] = name
    assert columns.open(subject, sealed, column=COLUMN) == "Ada"
