"""Signing in, and what an attacker learns from trying: nothing."""

from datetime import timedelta
from time import perf_counter

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from access.roles import Role
from apps.accounts import tallies
from apps.accounts.commands import close_account, create_user, touch_session
from apps.accounts.events import SignedIn, SignedOut, SignInRefused
from apps.accounts.models import SignInTally, User
from apps.accounts.selectors import session_is_live
from apps.accounts.sign_in import NOBODYS, SIGNED_IN_AT
from eventstore import store, wire
from eventstore.actor import Actor
from eventstore.stream import StreamName

LOGIN, PASSWORD = "ada.canary@example.org", "quiet-lake-at-dawn-7"


def submit(client: Client, login: str = LOGIN, password: str = PASSWORD, **more: str):
    return client.post("/sign-in/", {"login": login, "password": password, **more})


def key_of(client: Client) -> str:
    return client.cookies["attune_session"].value


def events_of(user: User) -> list[object]:
    return [recorded.event for recorded in store.read(StreamName("user", user.id))]


def test_the_right_password_signs_in_and_leads_to_the_start(client: Client, patient: User) -> None:
    response = submit(client)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(patient.id)
    assert isinstance(events_of(patient)[-1], SignedIn)


def test_the_session_key_is_new_after_signing_in(client: Client, patient: User) -> None:
    session = client.session
    session["planted"] = "by someone else"
    session.save()
    before = session.session_key
    client.cookies["attune_session"] = before
    submit(client)
    assert key_of(client) != before
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.parametrize(("login", "password"), [(LOGIN, "wrong"), ("nobody@example.org", PASSWORD)])
def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(
    client: Client, patient: User, login: str, password: str
) -> None:
    response = submit(client, login, password)
    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == ["That address and password don't belong together."]
    assert "_auth_user_id" not in client.session


def test_a_closed_account_gets_the_same_answer_as_a_wrong_password(client: Client, patient: User) -> None:
    close_account(patient.id, reason="left", actor=Actor.system("test"))
    assert submit(client).status_code == 422
    assert not any(isinstance(event, SignedIn) for event in events_of(patient))


def test_a_refusal_is_recorded_for_a_known_login(client: Client, patient: User) -> None:
    submit(client, password="wrong")
    refused = events_of(patient)[-1]
    assert isinstance(refused, SignInRefused)
    assert b"127.0.0" not in refused.network


def test_a_refusal_of_an_unknown_login_is_recorded_and_does_not_say_of_which(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    buckets = iter((NOBODYS[0], NOBODYS[0], NOBODYS[1]))
    monkeypatch.setattr("apps.accounts.sign_in._one_of_nobodys", lambda: next(buckets))
    for login in ("nobody@example.org", "no.one@example.org", "nobody@example.org"):
        submit(client, login)
    kept = [[one.event for one in store.read(StreamName("user", bucket))] for bucket in NOBODYS[:2]]
    assert [[type(event) for event in events] for events in kept] == [[SignInRefused] * 2, [SignInRefused]]
    entities = {row[0] for row in wire.fetchall("SELECT entity_id FROM eventstore.stream", [])}
    assert entities == set(NOBODYS[:2])


def test_an_unknown_login_takes_as_long_as_a_known_one(client: Client, patient: User, settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    patient.set_password(PASSWORD)
    patient.save()

    def time_of(login: str) -> float:
        SignInTally.objects.all().delete()
        start = perf_counter()
        submit(client, login, "wrong")
        return perf_counter() - start

    known, unknown = zip(*((time_of(LOGIN), time_of("nobody@example.org")) for _ in range(9)), strict=True)
    assert 0.5 < min(known) / min(unknown) < 2


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first lock lasts a second: on a busy machine it would be over before the next try."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.mark.usefixtures("stopped_clock")
def test_guessing_many_passwords_of_one_login_locks_it_for_everyone(client: Client, patient: User) -> None:
    for number in range(tallies.LOGIN.free):
        assert submit(client, password=f"guess {number}").status_code == 422
    locked = submit(Client(), password=PASSWORD)
    assert locked.status_code == 429
    assert int(locked["Retry-After"]) >= 1
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("stopped_clock")
def test_an_unknown_login_locks_like_a_known_one(client: Client, db: None) -> None:
    statuses = [submit(client, "nobody@example.org", f"guess {n}").status_code for n in range(tallies.LOGIN.free + 1)]
    assert statuses == [422] * tallies.LOGIN.free + [429]


def test_a_lock_ends_and_a_success_clears_the_tally(client: Client, patient: User) -> None:
    for number in range(tallies.LOGIN.free):
        submit(client, password=f"guess {number}")
    SignInTally.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    assert submit(client).status_code == 302
    tally = SignInTally.objects.get(key=tallies.key("login", LOGIN))
    assert (tally.failures, tally.locked_until) == (0, None)


@pytest.mark.usefixtures("stopped_clock")
def test_a_network_that_tries_many_logins_is_slowed_down(client: Client, patient: User) -> None:
    for _ in range(tallies.NETWORK.free):
        tallies.failed(tallies.key("network", "127.0.0.0/24"), tallies.NETWORK)
    assert submit(client).status_code == 429
    assert submit(Client(REMOTE_ADDR="192.0.2.7")).status_code == 302


def test_a_networks_slips_of_weeks_do_not_lock_it(client: Client, patient: User) -> None:
    network = tallies.key("network", "127.0.0.0/24")
    for _ in range(tallies.NETWORK.free + 9):
        tallies.failed(network, tallies.NETWORK)
    SignInTally.objects.update(last_failed_at=timezone.now() - timedelta(hours=20), locked_until=None)
    tallies.failed(network, tallies.NETWORK)
    assert submit(client).status_code == 302


@pytest.mark.usefixtures("stopped_clock")
def test_a_network_that_is_locked_leaves_no_trace_of_the_logins_it_makes_up(client: Client, db: None) -> None:
    for _ in range(tallies.NETWORK.free):
        tallies.failed(tallies.key("network", "127.0.0.0/24"), tallies.NETWORK)
    assert [submit(client, f"nobody{n}@example.org").status_code for n in range(3)] == [429] * 3
    assert SignInTally.objects.count() == 1


def test_tallies_hold_neither_logins_nor_passwords(client: Client, patient: User) -> None:
    submit(client, password="hunter2-canary")
    stored = b"".join(bytes(tally.key) for tally in SignInTally.objects.all())
    assert LOGIN.encode() not in stored
    assert b"hunter2" not in stored


def test_signing_out_ends_the_session_on_the_server(client: Client, patient: User) -> None:
    submit(client)
    stolen = key_of(client)
    assert session_is_live(stolen, patient.id)
    assert client.post("/sign-out/").status_code == 302
    assert not session_is_live(stolen, patient.id)
    thief = Client()
    thief.cookies["attune_session"] = stolen
    assert thief.get("/")["Location"] == "/sign-in/"
    assert events_of(patient)[-1] == SignedOut(reason="asked")


def test_signing_out_needs_a_post_with_its_token(patient: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(patient)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 403


def test_a_closed_account_is_out_of_its_sessions_at_once(client: Client, patient: User) -> None:
    submit(client)
    close_account(patient.id, reason="left", actor=Actor.system("test"))
    assert not session_is_live(key_of(client), patient.id)
    assert client.get("/")["Location"] == "/sign-in/"


def test_a_session_that_outlasts_the_day_ends(client: Client, patient: User, settings) -> None:
    submit(client)
    session = client.session
    session[SIGNED_IN_AT] = (timezone.now() - timedelta(hours=settings.ATTUNE_SESSION_HOURS, seconds=1)).timestamp()
    session.save()
    assert not session_is_live(key_of(client), patient.id)
    assert client.get("/")["Location"] == "/sign-in/"
    assert events_of(patient)[-1] == SignedOut(reason="too_long")


def test_an_idle_session_ends_and_a_touched_one_goes_on(client: Client, patient: User, settings) -> None:
    submit(client)
    almost = timezone.now() + timedelta(seconds=30)
    Session.objects.update(expire_date=almost)
    touch_session(key_of(client))
    assert Session.objects.get().expire_date > almost
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    touch_session(key_of(client))
    assert not session_is_live(key_of(client), patient.id)
    assert client.get("/")["Location"] == "/sign-in/"


def test_somebody_elses_session_is_not_live_for_me(client: Client, patient: User, provider: User) -> None:
    submit(client)
    assert not session_is_live(key_of(client), provider.id)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_off_the_site(client: Client, patient: User, target: str) -> None:
    assert submit(client, next=target)["Location"] == "/"


def test_signing_in_leads_where_one_wanted_to_go(client: Client, administrator: User) -> None:
    asked = client.get("/audit/?day=2030-01-01")
    assert asked["Location"].startswith("/sign-in/?next=")
    response = submit(client, "admin@example.org", next="/audit/?day=2030-01-01")
    assert response["Location"] == "/audit/?day=2030-01-01"


def test_the_password_never_comes_back(client: Client, patient: User) -> None:
    assert "s3cret-typed" not in submit(client, password="s3cret-typed").content.decode()


def test_each_role_is_led_to_its_own_page(client: Client, db: None) -> None:
    for role in Role:
        user = create_user(f"{role}@example.org", PASSWORD, role)
        own = Client()
        own.force_login(user)
        assert own.get("/").status_code in {200, 302}
