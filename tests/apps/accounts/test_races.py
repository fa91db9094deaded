"""What happens when two do the same thing at once."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connections
from django.test import Client

from access.roles import Role
from apps.accounts import tallies
from apps.accounts.commands import accept_invitation, close_account, create_user, invite
from apps.accounts.errors import LastAdministrator, LinkUnusable, LoginTaken
from apps.accounts.models import User
from apps.accounts.recovery import find_link, make_link, recover

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
