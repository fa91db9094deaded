"""The patient's own pages: who saw the record in plain words, and help that anyone finds."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from apps.portal import views
from tests.apps.practice import Practice

Seal = Callable[[], None]


def test_a_patient_reads_who_saw_the_record_and_who_was_refused(practice: Practice, seal_now: Seal) -> None:
    seal_now()
    for who in (practice.provider, practice.provider, practice.outsider):
        practice.browser(who).get(f"/patients/{practice.patient.id}/")
    seal_now()
    page = practice.browser(practice.patient).get("/me/access/").content.decode()
    assert "Dr provider, a clinician" in page
    assert "looked at your chart" in page
    assert "2 times" in page
    assert "was turned away" in page
    assert "Bo Finch" not in page


def test_own_visits_push_nobody_else_off_the_list(
    practice: Practice, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "ROWS", 5)
    for who in (practice.provider, practice.outsider):
        practice.browser(who).get(f"/patients/{practice.patient.id}/")
    client = practice.browser(practice.patient)
    for _ in range(6):
        client.get("/me/access/")
    seal_now()
    page = client.get("/me/access/").content.decode()
    assert "Dr provider, a clinician" in page and "was turned away" in page
    assert "Nobody but you so far." not in page
    assert "your newest 5 lines" in page and "5 times" in page
    assert "lines of other people" not in page


def test_a_list_of_others_that_was_cut_says_so(
    practice: Practice, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "ROWS", 5)
    for _ in range(6):
        practice.browser(practice.provider).get(f"/patients/{practice.patient.id}/")
    seal_now()
    page = practice.browser(practice.patient).get("/me/access/").content.decode()
    assert "the newest 5 lines of other people" in page
    assert "your newest" not in page


def test_reading_the_list_is_on_the_list(practice: Practice, seal_now: Seal) -> None:
    client = practice.browser(practice.patient)
    client.get("/me/access/")
    seal_now()
    assert "looked at who saw your record" in client.get("/me/access/").content.decode()


def test_what_is_due_stands_on_the_patients_page(practice: Practice, seal_now: Seal) -> None:
    client = practice.browser(practice.patient)
    assert "Due now" in client.get("/me/").content.decode()
    practice.fill({})
    practice.fill({}, key="gad-7")
    seal_now()
    assert "Due now" not in client.get("/me/").content.decode()


def test_what_the_patient_works_towards_stands_on_the_page_with_when_it_was_reached(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    assert "What you work towards" not in client.get("/me/preferences/").content.decode()
    client.post("/me/likes/", {"goals": "sleep better\nitems"})
    client.post("/me/goals/reached/", {"goal": "sleep better", "reached": "yes"})
    page = client.get("/me/preferences/").content.decode()
    assert f"{timezone.localtime():%-d %B %Y}</time>" in page
    assert button("Take it up again", "sleep better") in page and button("Reached", "items") in page
    assert "Pictures can take up" not in page
    client.post("/me/goals/reached/", {"goal": "sleep better", "reached": "no"})
    page = client.get("/me/preferences/").content.decode()
    assert button("Reached", "sleep better") in page and "Pictures can take up: rest" in page


def button(word: str, goal: str) -> str:
    """How a goal's button begins: its name says which goal is meant."""
    return f'{word}<span class="visually-hidden">: {goal}</span></button>'


def test_help_is_public_and_offers_call_text_and_chat(practice: Practice) -> None:
    page = Client().get("/help/now/")
    assert page.status_code == 200
    shown = page.content.decode()
    assert all(way in shown for way in ("tel:988", "sms:988", "https://988lifeline.org/chat/"))


def test_the_portal_is_the_patients_alone(practice: Practice) -> None:
    for page in ("/me/", "/me/access/"):
        assert practice.browser(practice.provider).get(page).status_code == 403
        assert Client().get(page).status_code == 302
