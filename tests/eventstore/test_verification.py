# ruff: noqa: S608  (the statements are the test's own)
"""Tampering, one byte at a time, as only the log's owner with its triggers off could do it."""

import json
import threading
from collections.abc import Callable
from io import StringIO
from time import sleep
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import connections

from eventstore import checking_keys, checkpoints, erasure, store
from eventstore.actor import Actor
from eventstore.event import event
from eventstore.findings import Report
from eventstore.stream import StreamName
from eventstore.verification import verify
from vault import blobs, keys
from vault.keydb import ALIAS
from vault.models import Subject, WrappedKey

pytestmark = pytest.mark.usefixtures("fresh_db")
ACTOR = Actor.system("test")
FLIPPED = "set_byte({0}, 0, get_byte({0}, 0) # 1)"
CHANGES = {
    "ciphertext": FLIPPED.format("ciphertext"),
    "ct_digest": FLIPPED.format("ct_digest"),
    "hash": FLIPPED.format("hash"),
    "blobs": "blobs || '\\x00'::bytea",
    "type": "'specimen.weighed.v1'",
    "actor_role": "'provider'",
    "recorded_at": "recorded_at + interval '1 microsecond'",
    **dict.fromkeys(("event_id", "command_id", "subject_id", "key_id", "actor_id"), "gen_random_uuid()"),
}


@event("specimen.photographed.v1", blobs=("image_id",))
class Photographed:
    image_id: UUID | None = None


@event("specimen.forgotten.v1", system_key=True, erases=True)
class Forgotten:
    reason: str


@pytest.fixture
def log(stream: StreamName, subject: UUID, seal_now: Callable[[], None]) -> StreamName:
    """Five events in this stream, two in another; sealed, with checkpoints at 3 and 7."""
    photos = [Photographed() for _ in range(3)]
    store.append(stream, photos, expected=0, actor=ACTOR, command_id=uuid4(), subject=subject)
    seal_now()
    checkpoints.record()
    store.append(stream, photos[:2], expected=3, actor=ACTOR, command_id=uuid4())
    other = StreamName("specimen", uuid4())
    store.append(other, photos[:2], expected=0, actor=ACTOR, command_id=uuid4(), subject=subject)
    seal_now()
    checkpoints.record()
    return stream


def tamper(*statements: str) -> None:
    with connections["owner"].cursor() as owner:
        for table in ("event", "log_position", "checkpoint", "stream"):
            owner.execute(f"ALTER TABLE eventstore.{table} DISABLE TRIGGER ALL")
        for statement in statements:
            owner.execute(statement)


def kinds(report: Report) -> set[str]:
    return {problem.kind for problem in report.problems}


def test_an_untouched_log_is_intact(log: StreamName) -> None:
    report = verify()
    assert (report.ok, report.events, report.erased) == (True, 7, 0)


def test_an_empty_log_is_intact() -> None:
    checkpoints.record()
    assert verify().as_json() == {"ok": True, "events": 0, "audit": 0, "blobs": 0, "erased": 0, "problems": []}


def test_a_change_of_any_column_is_found_and_named(log: StreamName) -> None:
    place = f"stream_id = '{log.stream_id}' AND version = 2"
    tamper(f"CREATE TABLE eventstore.as_it_was AS SELECT * FROM eventstore.event WHERE {place}")
    for column, value in CHANGES.items():
        tamper(f"UPDATE eventstore.event SET {column} = {value} WHERE {place}")
        found = [(problem.stream, problem.version, problem.position) for problem in verify().problems]
        assert (str(log), 2, 2) in found, column
        tamper(f"UPDATE eventstore.event SET {column} = (SELECT {column} FROM eventstore.as_it_was) WHERE {place}")
    assert verify().ok


def test_ciphertexts_changed_between_two_events_are_found(log: StreamName) -> None:
    tamper(
        f"""UPDATE eventstore.event e SET ciphertext = o.ciphertext, ct_digest = o.ct_digest FROM eventstore.event o
        WHERE e.stream_id = '{log.stream_id}' AND o.stream_id = e.stream_id
          AND (e.version, o.version) IN ((1, 2), (2, 1))"""
    )
    assert {problem.version for problem in verify().problems} >= {1, 2}


def test_a_deleted_event_is_found(log: StreamName) -> None:
    tamper(f"DELETE FROM eventstore.event WHERE stream_id = '{log.stream_id}' AND version = 2")
    assert kinds(verify()) >= {"version_gap", "event_missing"}


def test_a_cut_tail_is_found(log: StreamName) -> None:
    tamper(
        f"DELETE FROM eventstore.event WHERE stream_id = '{log.stream_id}' AND version > 3",
        "DELETE FROM eventstore.log_position WHERE position > 3",
    )
    assert kinds(verify()) >= {"head_differs", "log_cut"}


def test_exchanged_positions_are_found(log: StreamName) -> None:
    tamper(
        "UPDATE eventstore.log_position SET position = -1 WHERE position = 6",
        "UPDATE eventstore.log_position SET position = 6 WHERE position = 7",
        "UPDATE eventstore.log_position SET position = 7 WHERE position = -1",
    )
    assert kinds(verify()) >= {"leaf_changed", "root_differs"}


def test_a_changed_root_is_found(log: StreamName) -> None:
    tamper(f"UPDATE eventstore.checkpoint SET root = {FLIPPED.format('root')} WHERE size = 3")
    assert kinds(verify()) == {"root_differs"}


def test_a_renamed_stream_is_found(log: StreamName) -> None:
    tamper(f"UPDATE eventstore.stream SET category = 'other' WHERE stream_id = '{log.stream_id}'")
    assert kinds(verify()) == {"stream_renamed"}


def test_a_log_without_an_erased_patients_keys_is_intact(log: StreamName, subject: UUID) -> None:
    forget(log, subject)
    erasure.erase(subject)
    report = verify()
    assert (report.ok, report.erased) == (True, 7)


def test_keys_that_were_destroyed_though_the_log_erased_nobody_are_found(log: StreamName, subject: UUID) -> None:
    """As where the main database was restored from before an erasure, beside the key database of today."""
    keys.renew(subject)
    store.append(log, [Photographed()], expected=5, actor=ACTOR, command_id=uuid4())
    keys.destroy(subject)
    report = verify()
    assert [(one.kind, str(subject) in one.detail) for one in report.problems] == [("erasure_not_said", True)]
    assert report.erased == 0
    assert exit_of_the_command() == 1


def test_a_changed_and_a_missing_file_are_found(subject: UUID, stream: StreamName, blob_folder: None) -> None:
    kept, changed, missing = (blobs.put(subject, b"pixels", media_type="image/webp").id for _ in range(3))
    shown = [Photographed(image_id=one) for one in (kept, changed, missing)]
    store.append(stream, shown, expected=0, actor=ACTOR, command_id=uuid4(), subject=subject)
    assert (verify().ok, verify().blobs) == (True, 3)
    path = blobs.path_of(subject, changed)
    path.write_bytes(path.read_bytes()[:-1])
    blobs.drop(subject, missing)
    assert [(one.kind, one.version) for one in verify().problems] == [("blob_changed", 2), ("blob_missing", 3)]


def test_a_file_that_outlives_its_subject_is_found(subject: UUID, stream: StreamName, blob_folder: None) -> None:
    shown = [Photographed(image_id=blobs.put(subject, b"pixels", media_type="image/webp").id)]
    store.append(stream, shown, expected=0, actor=ACTOR, command_id=uuid4(), subject=subject)
    forget(stream, subject)
    keys.destroy(subject)
    erasure.begin(subject)
    assert kinds(verify()) == {"blob_not_erased", "erasure_unfinished"}
    erasure.erase(subject)
    assert verify().ok


def test_a_patient_who_is_erased_during_the_walk_is_no_tampering(
    subject: UUID, stream: StreamName, blob_folder: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = [Photographed(image_id=blobs.put(subject, b"pixels", media_type="image/webp").id)]
    store.append(stream, shown, expected=0, actor=ACTOR, command_id=uuid4(), subject=subject)
    erased_so_far = keys.erased_subjects

    def and_then_one_more() -> set[UUID]:
        before = erased_so_far()
        if not before:
            forget(stream, subject)
            erasure.erase(subject)
        return before

    monkeypatch.setattr(keys, "erased_subjects", and_then_one_more)
    report = verify()
    assert (report.problems, report.blobs, report.erased) == ([], 1, 1)


def test_keys_that_were_lost_are_no_erasure(log: StreamName, subject: UUID) -> None:
    """As after a restore of a key database from before the patient came."""
    WrappedKey.objects.using(ALIAS).filter(subject=subject).delete()
    Subject.objects.using(ALIAS).filter(id=subject).delete()
    report = verify()
    assert (kinds(report), report.erased) == ({"key_lost"}, 0)
    assert "7 events" in report.problems[0].detail
    assert exit_of_the_command() == 1


def test_a_lost_key_of_which_only_files_were_sealed_is_found(
    subject: UUID, stream: StreamName, blob_folder: None
) -> None:
    """Its generation was followed by another before an event was sealed."""
    image = blobs.put(subject, b"pixels", media_type="image/webp").id
    keys.renew(subject)
    photo = [Photographed(image_id=image)]
    store.append(stream, photo, expected=0, actor=ACTOR, command_id=uuid4(), subject=subject)
    assert verify().ok
    WrappedKey.objects.using(ALIAS).filter(subject=subject, generation=1).delete()
    (problem,) = verify().problems
    assert (problem.kind, problem.stream, problem.version) == ("key_lost", str(stream), 1)
    assert "0 events and 1 files" in problem.detail


def test_a_lost_key_of_the_system_is_no_patients_erasure(log: StreamName, subject: UUID) -> None:
    forget(log, subject)
    erasure.erase(subject)
    WrappedKey.objects.using(ALIAS).filter(subject=keys.SYSTEM).delete()
    report = verify()
    assert [(one.kind, one.stream, one.version) for one in report.problems] == [("key_lost", str(log), 6)]
    assert report.erased == 7


def test_an_erased_patient_who_came_back_is_found(
    log: StreamName, subject: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a restore of a key database from before the erasure."""
    monkeypatch.setattr(checking_keys, "GRACE_S", 0.0)
    kept = list(WrappedKey.objects.using(ALIAS).filter(subject=subject))
    forget(log, subject)
    erasure.erase(subject)
    assert (verify().problems, verify().erased) == ([], 7)
    Subject.objects.using(ALIAS).filter(id=subject).update(erased_at=None)
    WrappedKey.objects.using(ALIAS).bulk_create(kept)
    report = verify()
    assert [(one.kind, one.stream, one.version) for one in report.problems] == [("key_not_destroyed", str(log), 6)]
    assert report.erased == 0
    assert exit_of_the_command() == 1


def test_an_erased_patient_whom_the_key_database_never_knew_is_found(
    log: StreamName, subject: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is nothing to read, but the id could be given a key again."""
    monkeypatch.setattr(checking_keys, "GRACE_S", 0.0)
    forget(log, subject)
    erasure.erase(subject)
    Subject.objects.using(ALIAS).filter(id=subject).delete()
    report = verify()
    assert (kinds(report), report.erased) == ({"key_not_destroyed"}, 7)
    assert erasure.finish_all() == 1
    assert verify().ok


def test_an_erasure_that_is_at_work_is_no_problem(log: StreamName, subject: UUID) -> None:
    """The log says it, and the keys go a moment later, and the rest after them: here, while verify asks for them."""
    forget(log, subject)

    def erase() -> None:
        keys.destroy(subject)
        sleep(0.3)
        erasure.erase(subject)
        connections.close_all()

    later = threading.Timer(0.3, erase)
    later.start()
    report = verify()
    later.join()
    assert report.problems == []
    assert verify().erased == 7


def test_an_erasure_that_was_cut_off_after_the_keys_is_found(
    log: StreamName, subject: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether somebody noted that it was begun, or it is older than such notes."""
    monkeypatch.setattr(checking_keys, "GRACE_S", 0.0)
    forget(log, subject)
    keys.destroy(subject)
    for noted in (False, True):
        if noted:
            erasure.begin(subject)
        problems = verify().problems
        assert [(one.kind, one.stream, one.version) for one in problems] == [("erasure_unfinished", str(log), 6)]
        assert str(subject) in problems[0].detail
    assert erasure.finish_all() == 1
    assert (verify().problems, erasure.finish_all()) == ([], 0)


def forget(stream: StreamName, subject: UUID) -> None:
    store.append(stream, [Forgotten(reason="asked")], expected=None, actor=ACTOR, command_id=uuid4(), subject=subject)


def exit_of_the_command() -> int:
    with pytest.raises(SystemExit) as ended:
        call_command("verify", stdout=StringIO())
    return int(str(ended.value.code))


def test_the_command_exits_1_on_a_problem_and_0_without(log: StreamName) -> None:
    out = StringIO()
    call_command("verify", "--json", stdout=out)
    assert json.loads(out.getvalue())["ok"] is True
    tamper(f"UPDATE eventstore.event SET actor_role = 'x' WHERE stream_id = '{log.stream_id}' AND version = 1")
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify", "--json", stdout=out)
    assert ended.value.code == 1
    assert set(json.loads(out.getvalue())["problems"][0]) == {"kind", "stream", "version", "position", "detail"}
