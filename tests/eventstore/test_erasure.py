"""Erasure, and that nothing with patients' data is forgotten by it."""

import os
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db.models import Model

from eventstore import erasure, projection, store
from eventstore.actor import Actor
from eventstore.event import event
from eventstore.recorded import Tombstone
from eventstore.stream import StreamName
from eventstore.verification import verify
from vault import blobs, keys

ACTOR = Actor.system("test")
FRAMEWORKS = ("auth_", "django_", "guardian_")


@event("leaf.fallen.v1", blobs=("image_id",))
class Fallen:
    image_id: UUID


@event("leaf.forgotten.v1", system_key=True, erases=True)
class Forgotten:
    reason: str


@pytest.mark.django_db
@pytest.mark.usefixtures("blob_folder")
def test_after_an_erasure_the_chain_stands_and_the_content_is_gone(
    subject: UUID, stream: StreamName, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleared: list[UUID] = []
    monkeypatch.setattr(erasure, "_erasers", {**erasure.erasers(), "specimen.rows": cleared.append})
    image = blobs.put(subject, b"pixels", media_type="image/webp")
    store.append(stream, [Fallen(image_id=image.id)], expected=0, actor=ACTOR, command_id=uuid4(), subject=subject)
    store.append(stream, [Forgotten(reason="asked")], expected=1, actor=ACTOR, command_id=uuid4())
    erasure.erase(subject)
    erasure.erase(subject)
    assert cleared == [subject, subject]
    assert [one.event for one in store.read(stream)] == [Tombstone("erased"), Forgotten(reason="asked")]
    assert not list((tmp_path / "blobs").rglob("*.*"))
    report = verify()
    assert report.ok
    assert report.erased == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("blob_folder")
def test_files_go_last_so_that_a_disk_that_fails_leaves_no_account_open(
    subject: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleared: list[UUID] = []
    monkeypatch.setattr(erasure, "_erasers", {**erasure.erasers(), "specimen.rows": cleared.append})
    path = blobs.path_of(subject, blobs.put(subject, b"pixels", media_type="image/webp").id)
    folder = path.parent
    folder.rename(folder.with_name("elsewhere"))
    folder.write_bytes(b"no folder at all")
    with pytest.raises(OSError):
        erasure.erase(subject)
    assert cleared == [subject]


@pytest.mark.django_db
@pytest.mark.usefixtures("blob_folder")
def test_an_erasure_that_fails_again_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    both = sorted((uuid4(), uuid4()))
    for subject in both:
        keys.create(subject)
        said = [Forgotten(reason="asked")]
        place = StreamName("leaf", subject)
        store.append(place, said, expected=0, actor=ACTOR, command_id=uuid4(), subject=subject)
        erasure.begin(subject)

    def refuse_the_first(subject: UUID) -> None:
        if subject == both[0]:
            raise OSError("a disk that fails")

    with monkeypatch.context() as failing:
        failing.setattr(erasure, "_erasers", {**erasure.erasers(), "specimen.rows": refuse_the_first})
        assert erasure.finish_all() == 1
        assert erasure.unfinished(both) == {both[0]}
    assert erasure.finish_all() == 1
    assert erasure.unfinished(both) == set()


@pytest.mark.django_db
def test_nobody_is_erased_of_whom_the_log_does_not_say_so(subject: UUID) -> None:
    erasure.begin(subject)
    assert erasure.finish_all() == 0
    assert not keys.is_erased(subject)


@pytest.mark.usefixtures("blob_folder")
def test_files_that_another_drops_at_the_same_time_are_dropped(subject: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs.put(subject, b"pixels", media_type="image/webp")
    unlink = os.unlink

    def twice(*place: object, **kept: object) -> None:
        unlink(*place, **kept)  # type: ignore[arg-type]  # passed through
        unlink(*place, **kept)  # type: ignore[arg-type]

    with monkeypatch.context() as raced:
        raced.setattr(os, "unlink", twice)
        blobs.drop_subject(subject)
    assert not blobs.path_of(subject, uuid4()).parent.exists()


def test_each_table_says_whether_it_holds_patients_data_and_who_erases_it() -> None:
    """A new table fails here until `eventstore.erasure` knows it (see its register_… functions)."""
    tables = {model._meta.db_table for model in apps.get_models() if _ours(model)}
    undeclared = tables - declared_tables()
    assert undeclared == set(), f"declare these tables in AppConfig.ready(): {sorted(undeclared)}"


def test_each_place_of_patients_data_has_a_living_eraser() -> None:
    for place in erasure.patient_data():
        assert place.eraser in erasure.erasers(), f"{place.kind} {place.what} names an eraser that nobody registered"


def test_nothing_is_declared_twice_over() -> None:
    with_data = {place.what for place in erasure.patient_data() if place.kind == "table"}
    assert with_data.isdisjoint(erasure.free_of_patient_data())


def _ours(model: type[Model]) -> bool:
    return not model._meta.db_table.startswith((*FRAMEWORKS, "specimen_")) and model._meta.managed


def declared_tables() -> set[str]:
    erased = {place.what for place in erasure.patient_data() if place.kind == "table"}
    return erased | erasure.free_of_patient_data().keys() | set(forgetting_tables())


def forgetting_tables() -> list[str]:
    """Tables of projections that drop a subject's rows at the erasing event."""
    return [
        model._meta.db_table
        for kind in projection.registered().values()
        for model in kind.models
        if kind.forget is not projection.Projection.forget
        or {field.attname for field in model._meta.concrete_fields}.intersection(kind.subject_fields)
    ]
