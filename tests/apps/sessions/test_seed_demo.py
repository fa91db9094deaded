"""Demonstration data is marked, complete and made once."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest import CaptureFixture
from pytest_django import Settings

from access.door import Purpose, open_caseload
from apps.accounts.models import User
from apps.accounts.selectors import name_of, user_with_login
from apps.sessions import selectors
from apps.sessions.demo.people import DemoRefused, make_patient
from apps.sessions.models import SessionRow
from eventstore import store


def test_accounts_are_made_once_and_the_provider_has_the_patient(
    fresh_db: str, seal_now: Callable[[], None], capsys: CaptureFixture[str]
) -> None:
    for _ in range(2):
        call_command("seed_demo")
    first, second = capsys.readouterr().out.split("demonstration accounts: ")[1:]
    assert first == second
    logins = ("patient@demo.example", "provider@demo.example", "admin@demo.example", "outsider@demo.example")
    users = {login: user_with_login(login) for login in logins}
    assert all(user is not None and name_of(user).startswith("Demo") for user in users.values())
    provider, outsider = users[logins[1]], users[logins[3]]
    assert provider is not None and outsider is not None and users[logins[0]] is not None
    permits = open_caseload(provider.actor, why=Purpose.TREATMENT)
    assert [permit.patient_id for permit in permits] == [users[logins[0]].id]  # type: ignore[union-attr]
    assert open_caseload(outsider.actor, why=Purpose.TREATMENT) == []


def test_a_made_up_past_is_written_once(fresh_db: str, seal_now: Callable[[], None]) -> None:
    call_command("seed_demo", "--patients", "2", "--events", "16")
    seal_now()
    head, sessions = store.head(), SessionRow.objects.count()
    assert sessions == 4
    assert SessionRow.objects.filter(ended_at=None).count() == 0
    call_command("seed_demo", "--patients", "2", "--events", "16")
    seal_now()
    assert SessionRow.objects.count() == sessions
    provider = user_with_login("provider@demo.example")
    assert provider is not None
    permits = open_caseload(provider.actor, why=Purpose.TREATMENT)
    assert set(selectors.last_sessions(permits)) == {permit.patient_id for permit in permits}
    assert store.head() >= head


@pytest.fixture
def for_real_patients(settings: Settings, tmp_path: Path) -> Path:
    """An installation that refuses demonstration accounts; its folder of files."""
    settings.ATTUNE_REFUSES_DEMO_ACCOUNTS = True
    settings.ATTUNE_DEMO_PASSWORD = ""
    settings.ATTUNE_VAR = tmp_path / "var"
    return tmp_path / "var"


def nothing_is_written(folder: Path) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM eventstore.event")
        (events,) = cursor.fetchone()
    return not events and not User.objects.exists() and not folder.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("command", [("seed_demo",), ("seed_demo", "--patients", "3"), ("demo", "--seconds", "1")])
def test_beside_real_patients_no_demonstration_is_made(
    command: tuple[str, ...], for_real_patients: Path, capsys: CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="real patients") as refused:
        call_command(*command)
    assert refused.value.returncode == 1
    assert nothing_is_written(for_real_patients)
    assert "password" not in capsys.readouterr().out


@pytest.mark.django_db
def test_beside_real_patients_no_single_demonstration_patient_is_made_either(for_real_patients: Path) -> None:
    with pytest.raises(DemoRefused):
        make_patient(2, uuid4())
    assert nothing_is_written(for_real_patients)
