"""Django's administration: for administrators, through the commands, without an address or a patient's name."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client

from access import caseload
from access.roles import Role
from apps.accounts import commands
from apps.accounts.commands import create_user
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


LIST = "/admin/accounts/user/"


def chosen(action: str, *users: User, **more: str) -> dict[str, object]:
    return {"action": action, "_selected_action": [str(user.id) for user in users], **more}


def test_the_list_names_staff_and_no_patient(administrator: User, provider: User, patient: User) -> None:
    browser = as_user(administrator)
    for page in (LIST, f"{LIST}{provider.id}/change/"):
        assert "Dr Grace" in browser.get(page).content.decode()
    for page in (LIST, f"{LIST}{patient.id}/change/"):
        assert "Ada Canary" not in browser.get(page).content.decode()
    assert patient.id.hex[:8] in browser.get(LIST).content.decode()


def test_nothing_is_closed_before_who_is_meant_was_read(administrator: User, provider: User, patient: User) -> None:
    asked = as_user(administrator).post(LIST, chosen("close", provider, patient))
    page = asked.content.decode()
    assert "Dr Grace" in page
    assert patient.id.hex[:8] in page
    assert "Ada Canary" not in page
    for user in (provider, patient):
        user.refresh_from_db()
        assert user.is_active
        assert store.read(StreamName("user", user.id))[-1].type != "account.closed.v1"


def test_closing_there_goes_through_the_command(administrator: User, provider: User) -> None:
    as_user(administrator).post(LIST, chosen("close", provider, confirmed="yes"))
    provider.refresh_from_db()
    assert not provider.is_active
    closed = store.read(StreamName("user", provider.id))[-1]
    assert (closed.type, closed.actor_id) == ("account.closed.v1", administrator.id)


def test_none_is_closed_where_no_administrator_would_be_left(administrator: User, provider: User) -> None:
    browser = as_user(administrator)
    page = browser.post(LIST, chosen("close", provider, administrator, confirmed="yes"), follow=True).content.decode()
    assert "no administrator would be left" in page
    for user in (administrator, provider):
        user.refresh_from_db()
        assert user.is_active


def test_it_is_said_how_many_patients_then_have_nobody(administrator: User, provider: User, patient: User) -> None:
    other = create_user("other@example.org", PASSWORD, Role.PROVIDER, name="Dr Other")
    browser = as_user(administrator)
    for clinician in (provider, other):
        caseload.assign(clinician.id, patient.id, actor=administrator.actor)
    assert "No patient loses" in browser.post(LIST, chosen("close", provider)).content.decode()
    assert "One patient then has nobody" in browser.post(LIST, chosen("close", provider, other)).content.decode()
    assert "No patient loses" in browser.post(LIST, chosen("close", provider, other, patient)).content.decode()
    after = browser.post(LIST, chosen("close", provider, other, confirmed="yes"), follow=True).content.decode()
    assert "Nobody treats 1 of the patients now" in after


def test_reopening_asks_too(administrator: User, provider: User) -> None:
    commands.close_account(provider.id, reason="left", actor=administrator.actor)
    browser = as_user(administrator)
    assert "Dr Grace" in browser.post(LIST, chosen("reopen", provider)).content.decode()
    provider.refresh_from_db()
    assert not provider.is_active
    browser.post(LIST, chosen("reopen", provider, confirmed="yes"))
    provider.refresh_from_db()
    assert provider.is_active


def test_choosing_all_closes_those_who_were_named_alone(administrator: User, provider: User) -> None:
    browser = as_user(administrator)
    page = browser.post(LIST, chosen("close", provider, select_across="1")).content.decode()
    assert {str(administrator.id), str(provider.id)} == set(
        re.findall(r'name="_selected_action" value="([^"]+)"', page)
    )
    assert "your own account" in page
    assert "select_across" not in page


def test_what_stands_so_already_is_not_asked_about(administrator: User, provider: User) -> None:
    page = as_user(administrator).post(LIST, chosen("reopen", provider), follow=True).content.decode()
    assert "they stand like that already" in page


def test_what_django_logs_of_it_names_nobody(administrator: User, provider: User) -> None:
    as_user(administrator).post(LIST, chosen("close", provider, confirmed="yes"))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(string_agg(l::text, ''), '') FROM {LogEntry._meta.db_table} l")  # noqa: S608  (a constant)
        assert "@" not in cursor.fetchone()[0]
