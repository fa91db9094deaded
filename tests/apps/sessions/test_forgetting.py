"""Erasing a patient empties the mailboxes of their sessions and of nobody else's."""

import pytest
import redis
from pytest_django import Settings

from apps.sessions import mailbox
from apps.sessions.enrolment import afresh_key
from apps.sessions.forgetting import forget_mailboxes
from apps.sessions.models import SessionRow
from tests.apps.sessions.conftest import Person, make_patient, open_session


def fill(valkey: "redis.Redis", person: Person) -> list[str]:
    session_id = open_session(person)
    keys = [name(session_id) for name in (mailbox.frame_key, mailbox.track_key, mailbox.live_key, afresh_key)]
    for key in keys:
        valkey.set(key, b"sealed", px=60_000)
    return keys


def test_an_erased_patients_mailboxes_are_emptied_and_no_others(patient: Person, valkey: "redis.Redis") -> None:
    theirs, others = fill(valkey, patient), fill(valkey, make_patient())
    forget_mailboxes(patient.id)
    assert valkey.exists(*theirs) == 0
    assert valkey.exists(*others) == len(others)


def test_they_are_found_after_the_read_models_forgot_the_patient(patient: Person, valkey: "redis.Redis") -> None:
    theirs = fill(valkey, patient)
    assert not SessionRow.objects.filter(patient_id=patient.id).exists()
    forget_mailboxes(patient.id)
    assert valkey.exists(*theirs) == 0


@pytest.mark.usefixtures("fresh_db")
def test_without_valkey_an_erasure_goes_on(patient: Person, settings: Settings) -> None:
    open_session(patient)
    settings.ATTUNE_REDIS_URL = "redis://127.0.0.1:1/0"
    forget_mailboxes(patient.id)
