"""An erasure that was interrupted, during which the patient went on: run again, it leaves nothing."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from access import caseload
from apps.accounts.models import User
from apps.assessments import commands as assessments
from apps.assessments.models import AssessmentRow
from apps.patients import commands, selectors
from apps.patients.aggregate import PatientUnknown
from apps.providers.models import CaseloadRow
from apps.sessions import commands as sessions
from apps.sessions.events import EmotionsObserved
from apps.sessions.models import EmotionMinute, SessionRow, TimelineEntry
from eventstore import checking_keys, erasure, followers
from eventstore.models import Erasure, Follower
from eventstore.tasks import finish_erasures
from eventstore.verification import verify
from tests.apps.practice import Practice
from vault import blobs, keys
from vault.errors import KeyUnavailable
from vault.keydb import ALIAS
from vault.models import Subject, WrappedKey

Seal = Callable[[], None]
ROWS = (AssessmentRow, SessionRow, CaseloadRow, TimelineEntry, EmotionMinute)


def test_what_was_written_between_two_tries_goes_with_the_second(
    practice: Practice, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, actor = practice.patient.id, practice.patient.actor
    begun = practice.fill({9: 2}, submit=False)
    erase_without_the_keys(practice, monkeypatch)
    seal_now()
    practice.fill({}, key="gad-7")
    assessments.submit(who, begun, as_it_is=False, actor=actor, command_id=uuid4())
    hold_a_session(practice)
    seal_now()
    assert all(kept.objects.filter(patient_id=who).exists() for kept in ROWS)
    erase(practice)
    seal_now()
    assert [kept.__name__ for kept in ROWS if kept.objects.filter(patient_id=who).exists()] == []
    assert not Follower.objects.filter(status=Follower.Status.STOPPED).exists()
    assert not User.objects.get(pk=who).is_active


def test_who_is_being_erased_agrees_to_nothing_from_the_first_try_on(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, actor = practice.patient.id, practice.patient.actor
    commands.set_triggers(who, tags=["water"], words=["clowns"], actor=actor, command_id=uuid4())
    commands.give_consent(who, purpose="research", actor=actor, command_id=uuid4())
    before = selectors.agreed(who)
    erase_without_the_keys(practice, monkeypatch)
    assert selectors.consents(who) == selectors.agreed(who, before).consents == frozenset()
    commands.give_consent(who, purpose="images", actor=actor, command_id=uuid4())
    assert selectors.consents(who) == frozenset(), "nothing that is said after it counts"
    patient = selectors.now(practice.own())
    assert (patient.name, patient.label, patient.triggers.tags, patient.triggers.words) == ("", "", (), ())
    with pytest.raises(PatientUnknown):
        selectors.triggers(who)


def test_a_patient_who_came_back_with_an_old_key_database_is_named_and_erased_again(
    practice: Practice, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking_keys, "GRACE_S", 0.0)
    who = practice.patient.id
    practice.fill({9: 2})
    kept = list(WrappedKey.objects.using(ALIAS).filter(subject=who))
    erase(practice)
    seal_now()
    assert verify().ok
    Subject.objects.using(ALIAS).filter(id=who).update(erased_at=None)
    WrappedKey.objects.using(ALIAS).bulk_create(kept)
    assert [problem.kind for problem in verify().problems] == ["key_not_destroyed"]
    erase(practice)
    assert verify().ok
    assert keys.is_erased(who)


class Killed(BaseException):
    """The process ends here."""


def test_what_was_cut_off_after_the_keys_is_named_and_the_clock_ends_it(
    practice: Practice, seal_now: Seal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings
) -> None:
    settings.ATTUNE_BLOB_DIR = str(tmp_path)
    monkeypatch.setattr(checking_keys, "GRACE_S", 0.0)
    who = practice.patient.id
    folder = blobs.path_of(who, blobs.put(who, b"pixels", media_type="image/webp").id).parent

    def die(_subject: UUID) -> None:
        raise Killed

    with monkeypatch.context() as killed:
        killed.setattr(followers, "forget", die)
        with pytest.raises(Killed):
            erase(practice)
    seal_now()
    assert [problem.kind for problem in verify().problems] == ["erasure_unfinished"]
    assert str(who) in verify().problems[0].detail
    assert (caseload.providers_of(who), folder.exists()) == ([practice.provider.id], True)
    finish_erasures()
    account = User.objects.get(pk=who)
    assert (account.is_active, account.login_index, caseload.providers_of(who)) == (False, None, [])
    assert not folder.exists()
    assert verify().ok


def test_whoever_came_back_with_an_old_key_database_is_erased_again_by_the_clock(
    practice: Practice, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = practice.patient.id
    kept = list(WrappedKey.objects.using(ALIAS).filter(subject=who))
    erase(practice)
    Subject.objects.using(ALIAS).filter(id=who).update(erased_at=None)
    WrappedKey.objects.using(ALIAS).bulk_create(kept)
    finish_erasures()
    assert keys.is_erased(who)
    assert verify().ok


def test_who_was_erased_before_that_was_noted_is_erased_once_more(practice: Practice) -> None:
    erase(practice)
    Erasure.objects.all().delete()
    with connections["owner"].cursor() as owner:
        owner.execute(import_module("apps.patients.migrations.0002_erasures_of_before")._BEGUN)
    connections["owner"].close()
    assert erasure.finish_all() == 1
    assert erasure.finish_all() == 0


def erase_without_the_keys(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    """A try that says it in the log and gets no further."""
    with monkeypatch.context() as away:
        away.setattr(keys, "destroy", _cannot_be_reached)
        with pytest.raises(CommandError, match=r"^not finished, run it again: the key") as unfinished:
            erase(practice)
    assert unfinished.value.returncode == 1


def _cannot_be_reached(subject: UUID) -> None:
    raise KeyUnavailable("the key database\nis away")


def erase(practice: Practice) -> None:
    by = str(practice.administrator.id)
    call_command("erase_patient", str(practice.patient.id), reason="asked for it", approved_by=by)


def hold_a_session(practice: Practice) -> None:
    who, actor, session_id, now = practice.patient.id, practice.patient.actor, uuid4(), timezone.now()
    sessions.open_session(
        session_id, patient_id=who, camera=True, consents=("camera",), at=now, actor=actor, command_id=uuid4()
    )
    second = EmotionsObserved(started_at=now, offsets_ms=(0,), probabilities=bytes([255] + [0] * 6), weights="w@1")
    sessions.observe(session_id, second, patient_id=who, actor=actor, command_id=uuid4())
