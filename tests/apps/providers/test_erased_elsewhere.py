"""A patient whose keys are gone and of whom the log does not say so, as after a restore of the main database: it costs
no other patient their place in a list, nor the end of their session.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from access import caseload
from apps.accounts.models import User
from apps.sessions import commands as sessions
from apps.sessions.aggregate import Phase
from apps.sessions.models import SessionRow
from apps.sessions.tasks import close_abandoned
from eventstore.verification import verify
from tests.apps.practice import SETUP, Practice
from vault import cache, keys

Seal = Callable[[], None]
LISTS = ("/caseload/", "/api/v1/caseload/", "/alerts/", "/api/v1/patients/")


@pytest.fixture
def both(practice: Practice, seal_now: Seal) -> Practice:
    """The clinician treats both, and both left a session open in the morning."""
    caseload.assign(practice.provider.id, practice.other.id, actor=SETUP)
    for patient in (practice.patient, practice.other):
        begin(patient)
    practice.fill({9: 2})
    seal_now()
    return practice


def begin(patient: User) -> UUID:
    session_id, morning = uuid4(), timezone.now() - timedelta(hours=9)
    sessions.open_session(
        session_id,
        patient_id=patient.id,
        camera=False,
        consents=(),
        at=morning,
        actor=patient.actor,
        command_id=uuid4(),
    )
    return session_id


def test_lists_show_the_others(both: Practice) -> None:
    browser = both.browser(both.provider)
    keys.destroy(both.patient.id)
    cache.clear()
    assert [browser.get(page).status_code for page in LISTS] == [200] * 4
    shown = browser.get("/caseload/").content.decode()
    assert ("Patient 027" in shown, "Patient 014" in shown) == (True, False)
    for page in ("/api/v1/caseload/", "/api/v1/patients/"):
        listed = browser.get(page).content.decode()
        assert (str(both.other.id) in listed, str(both.patient.id) in listed) == (True, False), page


def test_the_others_sessions_are_ended(both: Practice) -> None:
    keys.destroy(both.patient.id)
    cache.clear()
    assert close_abandoned() == 1
    ended = SessionRow.objects.get(patient_id=both.other.id).id
    assert sessions.load(ended).phase is Phase.ENDED


def test_a_session_that_cannot_be_ended_keeps_no_other_open(
    both: Practice, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = sessions.end_if_open
    broken = SessionRow.objects.get(patient_id=both.patient.id).id

    def break_one(session_id: UUID, **how: object) -> bool:
        if session_id == broken:
            raise RuntimeError("whatever it is")
        return end(session_id, **how)  # type: ignore[arg-type]  # passed through

    with monkeypatch.context() as failing:
        failing.setattr(sessions, "end_if_open", break_one)
        assert close_abandoned() == 1
    seal_now()
    assert close_abandoned() == 1


def test_erasing_them_here_too_leaves_nothing_to_report(both: Practice, seal_now: Seal) -> None:
    keys.destroy(both.patient.id)
    cache.clear()
    problems = verify().problems
    assert [problem.kind for problem in problems] == ["erasure_not_said"]
    assert str(both.patient.id) in problems[0].detail
    call_command("erase_patient", str(both.patient.id), reason="asked", approved_by=str(both.administrator.id))
    seal_now()
    assert verify().ok
    assert not SessionRow.objects.filter(patient_id=both.patient.id).exists()
