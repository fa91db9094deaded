"""A new key-encryption key is safe in its file before anything is wrapped with it."""

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from vault import cache, durable, kek, keys, rotation
from vault.errors import KekRefused
from vault.models import WrappedKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def key_file(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    path = tmp_path / "kek"
    path.write_text(kek.new_entry(1).removeprefix("1:") + "\n")
    path.chmod(0o640)
    settings.ATTUNE_KEK, settings.ATTUNE_KEK_FILE = "", str(path)
    WrappedKey.objects.using("keys").all().delete()
    yield path
    cache.clear()


def used_versions() -> set[int]:
    return set(WrappedKey.objects.using("keys").values_list("kek_version", flat=True))


def test_the_file_and_its_name_are_on_the_disk_before_anything_is_wrapped(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.create(uuid4())
    synced: list[int] = []
    fsync, rewrap = os.fsync, rotation.rewrap

    def noted(handle: int) -> None:
        synced.append(os.fstat(handle).st_ino)
        fsync(handle)

    def looked_first() -> int:
        assert synced == [key_file.stat().st_ino, key_file.parent.stat().st_ino]
        return rewrap()

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(rotation, "rewrap", looked_first)
    call_command("rotate_keys", "--new")
    assert used_versions() == {2}
    assert sorted(kek.current().keks) == [1, 2]


def test_the_files_owner_and_mode_stay(key_file: Path) -> None:
    if os.geteuid() == 0:
        os.chown(key_file, 12_345, 23_456)
    before = key_file.stat()
    assert rotation.add_version() == 2
    after = key_file.stat()
    assert (after.st_uid, after.st_gid, stat.S_IMODE(after.st_mode)) == (before.st_uid, before.st_gid, 0o640)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become the user of the containers")
def test_a_key_of_the_services_own_user_is_replaced_though_its_group_is_another(
    key_file: Path, settings: Settings
) -> None:
    """As in containers: `chown 10001` leaves root's group, which nobody but root may give to a new file."""
    text = key_file.read_bytes()
    with TemporaryDirectory() as folder:
        settings.ATTUNE_KEK_FILE = f"{folder}/kek"
        (path := Path(folder, "kek")).write_bytes(text)
        path.chmod(0o400)
        for one in (path.parent, path):
            os.chown(one, 10_001, 0)
        with as_user(10_001):
            assert rotation.add_version() == 2
        after = path.stat()
    assert (after.st_uid, stat.S_IMODE(after.st_mode)) == (10_001, 0o400)


@contextmanager
def as_user(number: int) -> Iterator[None]:
    """This process as that user and that group alone, for a while."""
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(number)
    os.seteuid(number)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def test_a_link_to_the_file_stays_a_link(key_file: Path, settings: Settings) -> None:
    link = key_file.with_name("link")
    link.symlink_to(key_file)
    settings.ATTUNE_KEK_FILE = str(link)
    assert rotation.add_version() == 2
    assert link.is_symlink()
    assert "2:" in key_file.read_text()


def test_runs_at_the_same_time_lose_nobodys_key(key_file: Path) -> None:
    with ThreadPoolExecutor(8) as runs:
        added = sorted(runs.map(lambda _: rotation.add_version(), range(16)))
    assert added == list(range(2, 18))
    assert sorted(kek.current().keks) == [1, *added]


def test_nothing_is_wrapped_where_the_file_does_not_hold_the_new_key(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.create(uuid4())
    monkeypatch.setattr(durable, "write", lambda *_, **__: None)
    with pytest.raises(CommandError, match="does not hold what was written"):
        call_command("rotate_keys", "--new")
    assert used_versions() == {1}


def test_a_file_that_cannot_be_replaced_is_said_in_a_line_and_stays(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key_file.read_text()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CommandError, match="cannot be written: No space left on device"):
        call_command("rotate_keys", "--new")
    assert key_file.read_text() == before
    assert [one.name for one in key_file.parent.iterdir() if one.suffix == ".part"] == []


def test_a_run_that_was_overtaken_takes_nothing_back(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another run adds version 3 and wraps everything with it while this one is under way with version 2."""
    keys.create(uuid4())
    batch = rotation._rewrap_batch

    def overtaken(newest: kek.Kek) -> int:
        monkeypatch.setattr(rotation, "_rewrap_batch", batch)
        call_command("rotate_keys", "--new")
        return batch(newest)

    monkeypatch.setattr(rotation, "_rewrap_batch", overtaken)
    call_command("rotate_keys", "--new")
    assert used_versions() == {3}


def test_a_process_without_the_newest_version_in_use_retires_nothing(key_file: Path) -> None:
    older = key_file.read_text()
    rotation.add_version()
    keys.create(uuid4())
    key_file.write_text(older)
    with pytest.raises(KekRefused, match="newer than 1 is in use"):
        rotation.rewrap()
