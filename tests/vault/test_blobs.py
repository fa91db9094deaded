"""Files at rest."""

import os
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pytest_django import Settings

from vault import blobs, keys
from vault.errors import BlobMissing, SubjectErased, Tampered

pytestmark = pytest.mark.django_db
PIXELS = bytes(range(256)) * 300


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.ATTUNE_BLOB_DIR = str(tmp_path / "blobs")
    return tmp_path / "blobs"


@pytest.fixture
def subject() -> UUID:
    patient = uuid4()
    keys.create(patient)
    return patient


def test_what_was_put_comes_back_and_lies_sealed(subject: UUID) -> None:
    stored = blobs.put(subject, PIXELS, media_type="image/webp")
    assert blobs.open(subject, stored.id) == blobs.Blob(PIXELS, "image/webp")
    on_disk = blobs.path_of(subject, stored.id).read_bytes()
    assert len(on_disk) == stored.size
    assert PIXELS[:64] not in on_disk
    assert b"image/webp" not in on_disk


def test_a_blobs_name_certifies_its_bytes(subject: UUID) -> None:
    stored = blobs.put(subject, PIXELS, media_type="image/webp")
    assert blobs.name_of(stored.digest) == stored.id
    assert stored.id.variant == "specified in RFC 4122"
    path = blobs.path_of(subject, stored.id)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Tampered):
        blobs.key_of(subject, stored.id)
    with pytest.raises(Tampered):
        blobs.get(subject, stored.id)


def test_equal_pictures_have_different_names(subject: UUID) -> None:
    assert len({blobs.put(subject, PIXELS, media_type="image/webp").id for _ in range(5)}) == 5


def test_a_blob_does_not_open_for_another(subject: UUID) -> None:
    other = uuid4()
    keys.create(other)
    stored = blobs.put(subject, PIXELS, media_type="image/webp")
    with pytest.raises(BlobMissing):
        blobs.get(other, stored.id)
    moved = blobs.path_of(other, stored.id)
    moved.parent.mkdir(parents=True)
    moved.write_bytes(blobs.path_of(subject, stored.id).read_bytes())
    with pytest.raises(Tampered):
        blobs.get(other, stored.id)


def test_erasure_leaves_no_file_and_no_key(subject: UUID, folder: Path) -> None:
    stored = blobs.put(subject, PIXELS, media_type="image/webp")
    kept = blobs.path_of(subject, stored.id).read_bytes()
    keys.destroy(subject)
    blobs.drop_subject(subject)
    blobs.drop_subject(subject)
    assert list(folder.iterdir()) == []
    path = blobs.path_of(subject, stored.id)
    path.parent.mkdir(parents=True)
    path.write_bytes(kept)
    with pytest.raises(SubjectErased):
        blobs.get(subject, stored.id)


def test_a_failed_write_leaves_nothing(subject: UUID, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def disk_full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(OSError, match="No space"):
        blobs.put(subject, PIXELS, media_type="image/webp")
    assert [path for path in folder.rglob("*") if path.is_file()] == []
