"""Accounts at rest, opened, closed, erased."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from access import caseload, grants
from access.events import AssignmentEnded, GrantEnded
from access.relations import patients_related_to
from access.rights import Right
from access.roles import Role
from apps.accounts.commands import close_account, create_user, erase_account, reopen_account
from apps.accounts.errors import LastAdministrator, LoginTaken
from apps.accounts.events import AccountClosed, AccountOpened, AccountReopened
from apps.accounts.models import User
from apps.accounts.selectors import login_of, name_of, staff_names, user_with_login
from eventstore import store
from eventstore.actor import Actor
from eventstore.stream import StreamName

LOGIN, PASSWORD = "ada.canary@example.org", "quiet-lake-at-dawn-7"
ADMIN = Actor.system("test")


def events_of(user: User) -> list[object]:
    return [recorded.event for recorded in store.read(StreamName("user", user.id))]


def test_no_address_name_or_password_stands_in_the_row(patient: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(u::text, '') FROM accounts_user u")
        row = cursor.fetchone()[0].lower()
    for secret in (LOGIN, "ada.", "canary", PASSWORD):  # "ada" alone is hexadecimal, and stands in a seal by chance
        assert secret.lower() not in row
        assert secret.encode().hex() not in row


def test_a_user_is_called_by_id_and_by_nothing_else(patient: User) -> None:
    assert str(patient) == patient.get_username().__str__() == str(patient.id)
    assert LOGIN not in repr(patient)


def test_passwords_are_hashed_with_argon2(patient: User) -> None:
    assert patient.password.startswith("argon2")


def test_a_login_is_found_however_it_is_written(patient: User) -> None:
    assert user_with_login("  ADA.Canary@Example.ORG ") == patient
    assert login_of(patient) == LOGIN
    assert name_of(patient) == "Ada Canary"


def test_one_login_one_account(patient: User) -> None:
    with pytest.raises(LoginTaken):
        create_user(LOGIN.upper(), PASSWORD, Role.PROVIDER)
    assert User.objects.count() == 1


def test_a_patients_row_is_sealed_under_the_patients_own_key(patient: User, provider: User) -> None:
    assert patient.subject_id == patient.id
    assert provider.subject_id is None
    (opened,) = store.read(StreamName("user", patient.id))
    assert opened.subject == patient.id
    assert opened.event == AccountOpened(role="patient", invitation_id=None)


def test_the_database_refuses_a_patient_who_is_nobodys_subject(provider: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=provider.id).update(role="patient")


def test_staff_have_names_and_patients_have_none_there(patient: User, provider: User) -> None:
    assert staff_names([patient.id, provider.id, uuid4()]) == {provider.id: "Dr Grace"}


def test_closing_and_reopening_are_recorded_and_done_once(provider: User) -> None:
    for _ in range(2):
        close_account(provider.id, reason="left", actor=ADMIN)
    for _ in range(2):
        reopen_account(provider.id, reason="back", actor=ADMIN)
    assert events_of(provider)[1:] == [AccountClosed(reason="left"), AccountReopened(reason="back")]


def test_a_clinician_who_comes_back_has_none_of_their_patients_back(provider: User, patient: User) -> None:
    caseload.assign(provider.id, patient.id, actor=ADMIN)
    other = uuid4()
    caseload.assign(provider.id, other, actor=ADMIN)
    third, until = uuid4(), timezone.now() + timedelta(days=9)
    grants.grant(provider.id, third, Right.VIEW_CHART, until=until, actor=ADMIN)
    assert set(patients_related_to(provider.actor, Right.VIEW_CHART)) == {patient.id, other, third}
    close_account(provider.id, reason="left", actor=ADMIN)
    assert caseload.providers_of(patient.id) == caseload.providers_of(other) == []
    ended = [one.event for one in store.read(StreamName("caseload", provider.id))][3:]
    assert [type(fact) for fact in ended] == [AssignmentEnded, AssignmentEnded, GrantEnded]
    assert {fact.patient_id for fact in ended} == {patient.id, other, third}
    reopen_account(provider.id, reason="back", actor=ADMIN)
    assert patients_related_to(provider.actor, Right.VIEW_CHART) == {}


def test_closing_one_clinicians_account_leaves_other_caseloads_alone(provider: User, patient: User) -> None:
    colleague = create_user("kay@example.org", PASSWORD, Role.PROVIDER)
    for one in (provider, colleague):
        caseload.assign(one.id, patient.id, actor=ADMIN)
    close_account(provider.id, reason="left", actor=ADMIN)
    close_account(patient.id, reason="left", actor=ADMIN)
    assert caseload.providers_of(patient.id) == [colleague.id]


def test_the_last_administrator_cannot_be_closed(administrator: User) -> None:
    other = create_user("kay@example.org", PASSWORD, Role.ADMINISTRATOR)
    close_account(other.id, reason="left", actor=ADMIN)
    with pytest.raises(LastAdministrator):
        close_account(administrator.id, reason="left", actor=ADMIN)
    administrator.refresh_from_db()
    assert administrator.is_active
    assert AccountClosed(reason="left") not in events_of(administrator)
    reopen_account(other.id, reason="back", actor=ADMIN)
    close_account(administrator.id, reason="left", actor=ADMIN)
    administrator.refresh_from_db()
    assert not administrator.is_active


def test_an_erased_account_keeps_its_bare_id_and_nothing_else(patient: User) -> None:
    for _ in range(2):
        erase_account(patient.id)
    patient.refresh_from_db()
    assert (patient.login_index, patient.login_sealed, patient.name_sealed) == (None, None, None)
    assert not patient.is_active
    assert not patient.has_usable_password()
    assert user_with_login(LOGIN) is None
    assert login_of(patient) == name_of(patient) == ""


def test_an_erased_login_can_be_used_for_a_new_account(patient: User) -> None:
    erase_account(patient.id)
    assert create_user(LOGIN, PASSWORD, Role.PATIENT).id != patient.id
