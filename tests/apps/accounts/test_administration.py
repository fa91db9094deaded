"""Django's administration: for administrators, by id, through the commands, without an address anywhere."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client

from apps.accounts.events import SignedOut
from apps.accounts.models import User
from eventstore import store
from eventstore.stream import StreamName

PASSWORD = "quiet-lake-at-dawn-7"


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_its_own_sign_in_leads_to_ours(db: None) -> None:
    for path in ("/admin/", "/admin/login/"):
        response = Client().get(path)
        assert (response.status_code, response["Location"].split("?")[0]) == (302, "/sign-in/")


def test_an_administrator_sees_accounts_by_id_without_addresses(administrator: User, patient: User) -> None:
    page = as_user(administrator).get("/admin/accounts/user/").content.decode()
    assert str(patient.id) in page
    for secret in ("ada.canary", "admin@example.org", "Ada Canary"):
        assert secret not in page


def test_signing_out_there_is_recorded_like_everywhere(administrator: User) -> None:
    client = as_user(administrator)
    assert client.get("/admin/logout/").status_code == 405
    assert client.post("/admin/logout/")["Location"] == "/sign-in/"
    assert store.read(StreamName("user", administrator.id))[-1].event == SignedOut(reason="asked")
    assert client.get("/admin/")["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("path", ["password_change/", "password_change/done/"])
def test_a_password_is_changed_by_mail_only(administrator: User, path: str) -> None:
    client = as_user(administrator)
    assert client.get(f"/admin/{path}")["Location"] == "/recover/"
    better = "a-path-through-the-hills"
    typed = {"old_password": PASSWORD, "new_password1": better, "new_password2": better, "usable_password": "true"}
    assert client.post(f"/admin/{path}", typed)["Location"] == "/recover/"
    administrator.refresh_from_db()
    assert administrator.check_password(PASSWORD)


@pytest.mark.parametrize("path", ["add/", "{id}/change/", "{id}/delete/"])
def test_no_account_is_made_changed_or_deleted_there(administrator: User, patient: User, path: str) -> None:
    response = as_user(administrator).post(f"/admin/accounts/user/{path.format(id=patient.id)}", {"role": "auditor"})
    assert response.status_code == 403
    patient.refresh_from_db()
    assert patient.role == "patient"


def test_closing_there_goes_through_the_command(administrator: User, provider: User) -> None:
    chosen = {"action": "close", "_selected_action": [str(provider.id)]}
    as_user(administrator).post("/admin/accounts/user/", chosen)
    provider.refresh_from_db()
    assert not provider.is_active
    closed = store.read(StreamName("user", provider.id))[-1]
    assert (closed.type, closed.actor_id) == ("account.closed.v1", administrator.id)


def test_what_django_logs_of_it_names_nobody(administrator: User, provider: User) -> None:
    as_user(administrator).post("/admin/accounts/user/", {"action": "close", "_selected_action": [str(provider.id)]})
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(string_agg(l::text, ''), '') FROM {LogEntry._meta.db_table} l")  # noqa: S608  (a constant)
        assert "@" not in cursor.fetchone()[0]
