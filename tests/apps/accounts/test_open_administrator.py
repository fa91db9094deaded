"""The first account is opened from a terminal, by an operator whom no page lets in."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from access.roles import Role
from apps.accounts.commands import create_user
from apps.accounts.events import AccountOpened
from apps.accounts.models import User
from apps.accounts.selectors import name_of
from eventstore import store
from eventstore.stream import StreamName

LOGIN, PASSWORD = "ines@clinic.example", "quiet-lake-at-dawn-7"


def open_administrator(monkeypatch: pytest.MonkeyPatch, password: str, login: str = LOGIN, name: str = "Ines") -> str:
    said = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    call_command("open_administrator", login, name=name, stdout=said)
    return said.getvalue()


def test_it_opens_an_account_that_may_administer_and_says_its_id_alone(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = open_administrator(monkeypatch, PASSWORD)
    user = User.objects.get()
    assert said == f"opened {user.id}\n"
    assert (user.role, name_of(user)) == (Role.ADMINISTRATOR.value, "Ines")
    assert store.read(StreamName("user", user.id))[-1].event == AccountOpened(role="administrator", invitation_id=None)
    client = Client()
    assert client.post("/sign-in/", {"login": LOGIN, "password": PASSWORD}).status_code == 302
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("password", "login", "name", "why"),
    [
        ("short", LOGIN, "Ines", "too short"),
        ("", LOGIN, "Ines", "required"),
        (PASSWORD, "ines", "Ines", "valid email"),
        (PASSWORD, LOGIN, " ", "required"),
    ],
)
def test_what_the_page_would_refuse_is_refused(
    db: None, monkeypatch: pytest.MonkeyPatch, password: str, login: str, name: str, why: str
) -> None:
    with pytest.raises(CommandError, match=why) as refused:
        open_administrator(monkeypatch, password, login, name)
    assert refused.value.returncode == 2
    assert not User.objects.exists()


def test_an_address_that_somebody_has_stays_theirs(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    create_user(LOGIN, PASSWORD, Role.PROVIDER)
    with pytest.raises(CommandError, match="has this address") as refused:
        open_administrator(monkeypatch, "a-path-through-the-hills")
    assert refused.value.returncode == 1
    assert User.objects.get().role == Role.PROVIDER.value


def test_at_a_terminal_the_password_is_typed_twice(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    typed = iter([PASSWORD, PASSWORD, PASSWORD, "another-one-altogether"])
    monkeypatch.setattr("apps.accounts.management.commands.open_administrator.getpass", lambda _: next(typed))
    monkeypatch.setattr("sys.stdin", Terminal())
    call_command("open_administrator", LOGIN, name="Ines", stdout=io.StringIO())
    with pytest.raises(CommandError, match="two passwords"):
        call_command("open_administrator", "other@clinic.example", name="Kay")
    assert User.objects.count() == 1
