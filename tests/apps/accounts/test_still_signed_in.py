"""What a page that stays open asks, while somebody writes and before it sends what they wrote."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from eventstore import store
from eventstore.stream import StreamName

ADDRESS = "/signed-in/"


def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def test_it_says_whose_session_it_is_and_gives_a_token_that_a_form_can_use(provider: User) -> None:
    browser = signed_in(provider)
    answer = browser.get(ADDRESS)
    assert answer.json()["account"] == str(provider.id)
    assert "no-store" in answer["Cache-Control"]
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    sent = {"csrfmiddlewaretoken": answer.json()["token"]}
    assert strict.post("/invitations/", sent).status_code == 422, "taken, and looked at"


def test_asking_puts_off_the_idle_end_and_leaves_nothing_on_the_trail(provider: User) -> None:
    browser = signed_in(provider)
    soon = timezone.now() + timedelta(minutes=1)
    Session.objects.update(expire_date=soon)
    assert browser.get(ADDRESS).status_code == 200
    assert Session.objects.get().expire_date > soon + timedelta(minutes=10)
    assert store.read(StreamName("access", provider.id)) == []


def test_whoever_is_signed_out_is_led_to_sign_in(provider: User) -> None:
    browser = signed_in(provider)
    Session.objects.update(expire_date=timezone.now())
    assert browser.get(ADDRESS)["Location"].startswith("/sign-in/")
