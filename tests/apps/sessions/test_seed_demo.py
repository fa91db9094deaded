"""Demonstration data is marked, complete and made once."""

from collections.abc import Callable

from django.core.management import call_command
from pytest import CaptureFixture

from access.door import Purpose, open_caseload
from apps.accounts.selectors import name_of, user_with_login
from apps.sessions import selectors
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
