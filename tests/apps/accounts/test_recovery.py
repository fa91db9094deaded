"""A forgotten password: mailed once, told to nobody."""

import re
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from apps.accounts import tallies
from apps.accounts.commands import ask_recovery, close_account
from apps.accounts.errors import LinkUnusable
from apps.accounts.events import PasswordChanged, RecoveryAsked
from apps.accounts.models import RecoveryLink, SignInTally, User
from apps.accounts.recovery import find_link, make_link, recover
from apps.accounts.selectors import session_is_live
from apps.accounts.tasks import mail_recovery, tidy
from eventstore import store
from eventstore.actor import Actor
from eventstore.models import Job
from eventstore.stream import StreamName

LOGIN, PASSWORD, BETTER = "ada.canary@example.org", "quiet-lake-at-dawn-7", "a-path-through-the-hills"


def run_jobs() -> None:
    for job in Job.objects.filter(kind="accounts.mail_recovery", status=Job.Status.WAITING):
        mail_recovery(str(job.id))


def test_a_known_and_an_unknown_address_get_the_same_page(client: Client, patient: User) -> None:
    pages = {client.post("/recover/", {"login": login}).content for login in (LOGIN, "nobody@example.org")}
    assert len(pages) == 1
    assert Job.objects.count() == 2


def test_only_a_known_address_gets_mail(client: Client, patient: User) -> None:
    for login in (LOGIN, "nobody@example.org"):
        client.post("/recover/", {"login": login})
    run_jobs()
    assert [message.to for message in mail.outbox] == [[LOGIN]]


def test_the_job_names_neither_address_nor_secret(patient: User) -> None:
    ask_recovery(LOGIN)
    (job,) = Job.objects.all()
    assert job.ids == {"user_id": str(patient.id)}


def test_the_mailed_link_sets_a_new_password_once_and_ends_all_sessions(client: Client, patient: User) -> None:
    elsewhere = Client()
    elsewhere.post("/sign-in/", {"login": LOGIN, "password": PASSWORD})
    session = elsewhere.cookies["attune_session"].value
    assert session_is_live(session, patient.id)
    ask_recovery(LOGIN)
    run_jobs()
    (path,) = re.findall(r"http://[^/]+(/recover/\S+/)", mail.outbox[0].body)
    assert client.get(path)["Location"] == "/recover/new/"
    assert client.post("/recover/new/", {"password": BETTER})["Location"] == "/sign-in/"
    assert not session_is_live(session, patient.id)
    assert client.post("/sign-in/", {"login": LOGIN, "password": PASSWORD}).status_code == 422
    assert client.post("/sign-in/", {"login": LOGIN, "password": BETTER}).status_code == 302
    assert Client().get(path).status_code == 404


def test_the_link_is_recorded_and_its_secret_stored_nowhere(patient: User) -> None:
    token = make_link(patient)
    recover(find_link(token).id, BETTER)
    kinds = [type(one.event) for one in store.read(StreamName("user", patient.id))]
    assert kinds[-2:] == [RecoveryAsked, PasswordChanged]
    assert token.encode() not in bytes(RecoveryLink.objects.get().token_digest)


def test_a_newer_link_ends_the_older(patient: User) -> None:
    older, newer = make_link(patient), make_link(patient)
    with pytest.raises(LinkUnusable):
        find_link(older)
    assert find_link(newer).user_id == patient.id


def test_an_expired_link_changes_nothing(patient: User) -> None:
    link = find_link(make_link(patient))
    RecoveryLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(LinkUnusable):
        recover(link.id, BETTER)
    before = patient.password
    patient.refresh_from_db()
    assert patient.password == before


def test_a_closed_account_is_not_recovered(patient: User) -> None:
    link = find_link(make_link(patient))
    close_account(patient.id, reason="left", actor=Actor.system("test"))
    with pytest.raises(LinkUnusable):
        recover(link.id, BETTER)
    ask_recovery(LOGIN)
    run_jobs()
    assert mail.outbox == []


def test_asking_again_and_again_mails_a_few_times_only(patient: User) -> None:
    for _ in range(10):
        ask_recovery(LOGIN)
    run_jobs()
    assert len(mail.outbox) <= 4


def test_a_mail_that_fails_is_tried_again(patient: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_server(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("apps.accounts.tasks.send_recovery", no_server)
    ask_recovery(LOGIN)
    run_jobs()
    (job,) = Job.objects.all()
    assert (job.status, job.problem) == (Job.Status.WAITING, "ConnectionRefusedError")


@pytest.fixture
def silent_server() -> Iterator[int]:
    """The port of a server that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_mail_server_that_stays_silent_holds_the_worker_no_longer_than_it_is_given(
    patient: User, silent_server: int, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", silent_server, 0.2
    ask_recovery(LOGIN)
    began = time.monotonic()
    run_jobs()
    assert time.monotonic() - began < 5
    (job,) = Job.objects.all()
    assert (job.status, job.problem) == (Job.Status.WAITING, "SMTPServerDisconnected")


def test_the_mail_is_sent_once_though_the_task_is_delivered_twice(patient: User) -> None:
    ask_recovery(LOGIN)
    job = Job.objects.get()
    for _ in range(3):
        mail_recovery(str(job.id))
    mail_recovery(str(uuid4()))
    assert len(mail.outbox) == 1


def test_tidying_drops_what_ran_out(patient: User) -> None:
    make_link(patient)
    ask_recovery(LOGIN)
    RecoveryLink.objects.update(expires_at=timezone.now() - timedelta(days=40))
    SignInTally.objects.update(last_failed_at=timezone.now() - timedelta(days=3))
    SignInTally.objects.create(key=b"never failed")
    tidy()
    assert not RecoveryLink.objects.exists()
    assert not SignInTally.objects.exists()


def test_a_recovered_account_is_not_locked_any_more(client: Client, patient: User) -> None:
    for number in range(tallies.LOGIN.free + 1):
        client.post("/sign-in/", {"login": LOGIN, "password": f"guess {number}"})
    recover(find_link(make_link(patient)).id, BETTER)
    assert client.post("/sign-in/", {"login": LOGIN, "password": BETTER}).status_code == 302
