"""Invitations: once, for one role, until a date."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from access import caseload
from access.roles import Role
from apps.accounts import invitations
from apps.accounts.commands import accept_invitation, close_account, create_user, invite, on_patient_joined
from apps.accounts.errors import LinkUnusable, LoginTaken, MayNotInvite
from apps.accounts.events import AccountInvited, AccountOpened
from apps.accounts.models import Invitation, User
from apps.accounts.selectors import name_of
from eventstore import store
from eventstore.actor import Actor
from eventstore.stream import StreamName

NEW, PASSWORD = "new.canary@example.org", "quiet-lake-at-dawn-7"


def join(client: Client, token: str, **typed: str):
    assert client.get(f"/join/{token}/")["Location"] == "/join/"
    return client.post("/join/", {"name": "Nia", "login": NEW, "password": PASSWORD, **typed})


def test_an_invitation_opens_one_account_once(provider: User) -> None:
    invited = invite(Role.PATIENT, invited_by=provider.actor)
    user = accept_invitation(invited.token, NEW, PASSWORD, name="Nia")
    assert (user.id, user.role, name_of(user)) == (invited.user_id, "patient", "Nia")
    with pytest.raises(LinkUnusable):
        accept_invitation(invited.token, "second@example.org", PASSWORD)
    assert User.objects.filter(role="patient").count() == 1


def test_an_invitations_life_is_on_the_accounts_stream_without_address_or_token(provider: User) -> None:
    invited = invite(Role.PATIENT, invited_by=provider.actor)
    accept_invitation(invited.token, NEW, PASSWORD)
    recorded = store.read(StreamName("user", invited.user_id))
    assert [type(one.event) for one in recorded] == [AccountInvited, AccountOpened]
    assert {one.subject for one in recorded} == {invited.user_id}
    assert not any(secret in str(one.event) for one in recorded for secret in (NEW, invited.token))


def test_the_links_secret_is_stored_nowhere(provider: User) -> None:
    invited = invite(Role.PATIENT, invited_by=provider.actor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(i::text, '') FROM accounts_invitation i")
        row = cursor.fetchone()[0]
    assert invited.token not in row
    assert invited.token.encode().hex() not in row


def test_an_expired_invitation_opens_nothing(provider: User) -> None:
    invited = invite(Role.PATIENT, invited_by=provider.actor)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(LinkUnusable):
        accept_invitation(invited.token, NEW, PASSWORD)
    assert not User.objects.filter(pk=invited.user_id).exists()


def test_a_taken_login_leaves_the_invitation_usable(provider: User, patient: User) -> None:
    invited = invite(Role.PATIENT, invited_by=provider.actor)
    with pytest.raises(LoginTaken):
        accept_invitation(invited.token, "ada.canary@example.org", PASSWORD)
    assert accept_invitation(invited.token, NEW, PASSWORD).id == invited.user_id


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.ADMINISTRATOR])
def test_a_link_of_an_administrator_whose_account_was_closed_opens_nothing(administrator: User, role: Role) -> None:
    invited = invite(role, invited_by=administrator.actor)
    create_user("another@example.org", PASSWORD, Role.ADMINISTRATOR)
    close_account(administrator.id, reason="left", actor=Actor.system("test"))
    with pytest.raises(LinkUnusable):
        accept_invitation(invited.token, NEW, PASSWORD)
    assert not User.objects.filter(pk=invited.user_id).exists()
    assert Invitation.objects.get().used_at is None


def test_a_link_opens_nothing_that_its_maker_may_not_invite_any_more(administrator: User) -> None:
    invited = invite(Role.PROVIDER, invited_by=administrator.actor)
    User.objects.filter(pk=administrator.id).update(role=Role.PROVIDER.value)
    with pytest.raises(LinkUnusable):
        accept_invitation(invited.token, NEW, PASSWORD)
    assert not User.objects.filter(pk=invited.user_id).exists()


def test_an_invitation_can_be_for_a_record_that_exists(provider: User) -> None:
    record = uuid4()
    assert invite(Role.PATIENT, invited_by=provider.actor, user_id=record).user_id == record


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.ADMINISTRATOR, Role.AUDITOR])
def test_a_provider_invites_patients_only(provider: User, role: Role) -> None:
    with pytest.raises(MayNotInvite):
        invite(role, invited_by=provider.actor)
    assert not Invitation.objects.exists()


def test_a_patient_invites_nobody(patient: User) -> None:
    with pytest.raises(MayNotInvite):
        invite(Role.PATIENT, invited_by=patient.actor)


def test_an_invited_patient_joins_the_inviters_caseload(provider: User) -> None:
    invited = invite(Role.PATIENT, invited_by=provider.actor)
    assert caseload.providers_of(invited.user_id) == []
    accept_invitation(invited.token, NEW, PASSWORD)
    assert caseload.providers_of(invited.user_id) == [provider.id]


def test_whoever_registers_patients_hears_of_a_new_one_in_the_same_transaction(
    provider: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = []
    monkeypatch.setattr(invitations, "_joined", [])
    on_patient_joined(lambda patient_id, name, actor: heard.append((patient_id, name, actor.role)))
    invited = invite(Role.PATIENT, invited_by=provider.actor)
    accept_invitation(invited.token, NEW, PASSWORD, name="Nia")
    assert heard == [(invited.user_id, "Nia", "patient")]


def test_joining_by_the_page_opens_the_account_and_signs_nobody_in(client: Client, administrator: User) -> None:
    invited = invite(Role.PROVIDER, invited_by=administrator.actor)
    response = join(client, invited.token)
    assert response["Location"] == "/sign-in/"
    assert "_auth_user_id" not in client.session
    assert User.objects.filter(pk=invited.user_id, role="provider").exists()


def test_the_pages_address_never_holds_the_secret(client: Client, administrator: User) -> None:
    invited = invite(Role.PROVIDER, invited_by=administrator.actor)
    client.get(f"/join/{invited.token}/")
    assert invited.token not in str(dict(client.session.items()))


@pytest.mark.parametrize("password", ["short", "123456789012345", "passwordpassword"[:8]])
def test_a_weak_password_opens_no_account(client: Client, administrator: User, password: str) -> None:
    invited = invite(Role.PROVIDER, invited_by=administrator.actor)
    assert join(client, invited.token, password=password).status_code == 422
    assert not User.objects.filter(pk=invited.user_id).exists()


@pytest.mark.parametrize("path", ["/join/", "/join/nonsense/", "/recover/new/", "/recover/nonsense/"])
def test_a_link_that_is_none_leads_nowhere(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_invitation_page_shows_the_link_once(client: Client, provider: User) -> None:
    client.force_login(provider)
    client.get("/")
    made = client.post("/invitations/", {"role": "patient"})
    assert "/join/" in made.context["link"]
    assert client.get("/invitations/").context["link"] is None
    assert client.post("/invitations/", {"role": "administrator"}).status_code == 422
    assert Invitation.objects.count() == 1
