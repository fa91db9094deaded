"""What happens when two do the same thing at once."""

from concurrent.futures import ThreadPoolExecutor
from operator import attrgetter
from pathlib import Path
from threading import Event, Timer
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client

from access import caseload
from access.roles import Role
from apps.accounts import invitations, tallies
from apps.accounts.commands import accept_invitation, close_account, create_user, erase_account, invite
from apps.accounts.errors import LastAdministrator, LinkUnusable, LoginTaken
from apps.accounts.models import User
from apps.accounts.recovery import find_link, make_link, recover
from apps.accounts.rows import login_index
from apps.accounts.sign_in import NOBODYS
from apps.patients import commands as patients
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.practice import Practice

LOGIN, PASSWORD, BETTER = "ada.canary@example.org", "quiet-lake-at-dawn-7", "a-path-through-the-hills"
# The real one: while it works, locks are held and others come to wait for them.
ARGON2 = ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def at_once(work, times: int) -> list[object]:
    def alone(number: int) -> object:
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(alone, range(times)))


def test_parallel_guesses_meet_one_tally(fresh_db: str) -> None:
    create_user(LOGIN, PASSWORD, Role.PATIENT)
    tries = 3 * tallies.LOGIN.free
    statuses = at_once(
        lambda n: Client().post("/sign-in/", {"login": LOGIN, "password": f"guess {n}"}).status_code, tries
    )
    # A slow machine may outlast the first waits (1, 2, 4, 8 s), each of which lets one more guess through.
    assert tallies.LOGIN.free <= statuses.count(422) <= tallies.LOGIN.free + 4
    assert statuses.count(422) + statuses.count(429) == tries


def test_a_flood_of_guesses_at_logins_that_nobody_has_is_recorded_guess_by_guess(fresh_db: str) -> None:
    def guess(number: int) -> int:
        client = Client(REMOTE_ADDR=f"192.0.{number}.7")
        return client.post("/sign-in/", {"login": f"n{number}@example.org", "password": "a guess"}).status_code

    statuses = at_once(guess, 24)
    assert statuses == [422] * 24
    assert sum(store.version_of(StreamName("user", bucket)) for bucket in NOBODYS) == 24


def sign_in(password: str) -> int:
    client = Client(raise_request_exception=False)
    return client.post("/sign-in/", {"login": LOGIN, "password": password}).status_code


def test_who_signs_in_twice_at_once_after_a_slip_gets_in_twice(fresh_db: str, settings) -> None:
    settings.PASSWORD_HASHERS = ARGON2
    create_user(LOGIN, PASSWORD, Role.PATIENT)
    assert sign_in("a slip") == 422
    assert at_once(lambda _number: sign_in(PASSWORD), 4) == [302] * 4


def test_signing_in_and_recovering_at_once_do_not_wait_for_each_other(fresh_db: str, settings) -> None:
    settings.PASSWORD_HASHERS = ARGON2
    user = create_user(LOGIN, PASSWORD, Role.PATIENT)
    link = find_link(make_link(user)).id
    assert sign_in("a slip") == 422

    def act(number: int) -> int:
        if number:
            return sign_in(PASSWORD)
        recover(link, BETTER)
        return 200

    recovered, signed_in = at_once(act, 2)
    assert recovered == 200
    assert signed_in in {302, 422}, "before the new password, or after it"
    assert sign_in(BETTER) == 302


def test_one_invitation_opens_one_account_though_many_follow_it(fresh_db: str) -> None:
    clinician = create_user("grace@example.org", PASSWORD, Role.PROVIDER)
    token = invite(Role.PATIENT, invited_by=clinician.actor).token

    def follow(number: int) -> bool:
        try:
            accept_invitation(token, f"p{number}@example.org", PASSWORD)
        except LinkUnusable:
            return False
        return True

    assert at_once(follow, 4).count(True) == 1
    assert User.objects.filter(role="patient").count() == 1


@pytest.mark.parametrize(("held", "opened"), [("_welcome", False), ("erased.is_erased", True)])
def test_who_is_erased_while_they_follow_their_link_has_no_account(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings, held: str, opened: bool
) -> None:
    """Held before it is asked whether they are erased, nothing is opened; held after it, what was opened is closed."""
    settings.ATTUNE_BLOB_DIR = str(tmp_path)
    who, held_there, go_on = uuid4(), Event(), Event()
    patients.register(who, name="Eve Late", actor=practice.provider.actor, command_id=uuid4())
    token = invite(Role.PATIENT, invited_by=practice.provider.actor, user_id=who).token
    step = attrgetter(held)(invitations)

    def hold(*args: object) -> object:
        done = step(*args)
        held_there.set()
        assert go_on.wait(10)
        return done

    monkeypatch.setattr(f"apps.accounts.invitations.{held}", hold)

    def act(number: int) -> bool:
        if number:
            assert held_there.wait(10)
            Timer(1, go_on.set).start()
            call_command("erase_patient", str(who), reason="asked", approved_by=str(practice.administrator.id))
            return True
        try:
            accept_invitation(token, "eve.late@example.org", PASSWORD, name="Eve Late")
        except LinkUnusable:
            return False
        return True

    assert at_once(act, 2) == [opened, True]
    assert User.objects.filter(pk=who).exists() == opened
    assert not User.objects.filter(pk=who, is_active=True).exists()
    assert not User.objects.filter(login_index=login_index("eve.late@example.org")).exists()
    assert caseload.providers_of(who) == []


def test_one_login_goes_to_one_of_those_who_want_it(fresh_db: str) -> None:
    def take(_number: int) -> bool:
        try:
            create_user(LOGIN, PASSWORD, Role.PROVIDER)
        except LoginTaken:
            return False
        return True

    assert at_once(take, 4).count(True) == 1


def test_administrators_who_close_each_other_at_once_leave_one(fresh_db: str) -> None:
    both = [create_user(f"{name}@example.org", PASSWORD, Role.ADMINISTRATOR) for name in ("kay", "lee")]

    def close(number: int) -> bool:
        try:
            close_account(both[number].id, reason="left", actor=both[1 - number].actor)
        except LastAdministrator:
            return False
        return True

    assert sorted(at_once(close, 2)) == [False, True]
    assert User.objects.filter(role="administrator", is_active=True).count() == 1


def test_who_is_erased_while_they_set_a_new_password_is_erased(fresh_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    patient = create_user(LOGIN, PASSWORD, Role.PATIENT)
    link, holds = find_link(make_link(patient)).id, Event()
    cleared = tallies.cleared

    def slowly(key: bytes) -> None:
        cleared(key)
        holds.set()
        Event().wait(1)

    monkeypatch.setattr(tallies, "cleared", slowly)

    def act(number: int) -> None:
        if number:
            assert holds.wait(10)
            erase_account(patient.id)
        else:
            recover(link, BETTER)

    at_once(act, 2)
    patient.refresh_from_db()
    assert (patient.is_active, patient.login_index) == (False, None)
    assert not patient.has_usable_password()
