"""Signed out by the clock while a clinician writes: no word is lost, the page says why, and the same press sends it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Locator, Page, Route, expect

from apps.accounts.models import User
from apps.accounts.selectors import login_of
from apps.imagery import scene_templates
from apps.imagery.review_events import REVIEWS, TemplateWithdrawn
from apps.providers.selectors import review_of
from eventstore import store
from tests.apps.practice import PASSWORD, Practice
from tests.apps.providers.test_pages_in_browser import HALF, Open, chromium, opened

__all__ = ["chromium", "opened"]
pytestmark = pytest.mark.browser


def sign_in_elsewhere(page: Page, user: User) -> None:
    tab = page.context.new_page()
    parts = urlsplit(page.url)
    tab.goto(f"{parts.scheme}://{parts.netloc}/sign-in/")
    tab.locator("[name=login]").fill(login_of(user))
    tab.locator("[name=password]").fill(PASSWORD)
    tab.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("button", name="Sign out")).to_be_visible(timeout=15_000)
    tab.close()


def the_session_ends() -> None:
    """Gone, rather than past its end: a picture that is still on its way would put that off."""
    Session.objects.all().delete()


def alert_id(alert: Locator) -> UUID:
    return UUID((alert.get_attribute("id") or "").removeprefix("alert-"))


@pytest.mark.parametrize("lost", ["the session", "every cookie"])
@pytest.mark.parametrize("page_of", ["alerts", "chart"])
def test_a_note_to_an_alert_outlives_the_session(practice: Practice, opened: Open, page_of: str, lost: str) -> None:
    page = opened("/alerts/" if page_of == "alerts" else f"/patients/{practice.patient.id}/")
    alert = page.locator("article.alert", has_text="item 9")
    identity = alert_id(alert)
    with page.expect_response("**/signed-in/"):
        alert.get_by_role("textbox").fill(HALF)
    the_session_ends()
    if lost == "every cookie":
        page.context.clear_cookies()
    for _ in range(2):  # said anew at each press
        with page.expect_response("**/signed-in/"):
            alert.get_by_role("button", name="Acknowledge").click()
        expect(alert.get_by_role("alert")).to_contain_text("You are signed out")
    expect(alert.get_by_role("link", name="Sign in in another tab")).to_have_attribute("target", "_blank")
    expect(alert.get_by_role("textbox")).to_have_value(HALF)
    assert review_of(identity) is None
    sign_in_elsewhere(page, practice.provider)
    alert.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("Your note stands in the record")).to_be_visible(timeout=15_000)
    assert review_of(identity) == (practice.provider.id, HALF)


def test_what_one_person_wrote_is_not_sent_as_another(practice: Practice, opened: Open) -> None:
    page = opened("/alerts/")
    alert = page.locator("article.alert", has_text="item 9")
    with page.expect_response("**/signed-in/"):
        alert.get_by_role("textbox").fill(HALF)
    the_session_ends()
    sign_in_elsewhere(page, practice.outsider)
    alert.get_by_role("button", name="Acknowledge").click()
    expect(alert.get_by_role("alert")).to_contain_text("Somebody else is signed in")
    expect(alert.get_by_role("textbox")).to_have_value(HALF)
    assert review_of(alert_id(alert)) is None


def test_a_list_on_the_care_page_waits_for_a_server_that_answers(practice: Practice, opened: Open) -> None:
    page = opened(f"/patients/{practice.patient.id}/care/")
    goals = page.locator("form", has=page.locator("#goals"))
    page.context.set_offline(True)
    goals.locator("#goals").fill("walk again")
    goals.get_by_role("button", name="Save the goals").click()
    expect(goals.get_by_role("alert")).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    goals.get_by_role("button", name="Save the goals").click()
    expect(page.get_by_text("Saved. The patient sees it")).to_be_visible(timeout=15_000)
    expect(page.locator("#goals")).to_have_value("walk again")


def ladder_of(practice: Practice) -> str:
    return f"/patients/{practice.patient.id}/ladders/new/"


def a_template(_practice: Practice) -> str:
    return f"/templates/{scene_templates.templates()[0].id}/"


@pytest.mark.parametrize(
    ("address", "field", "pressed"),
    [(ladder_of, "[name=title]", "Show it to the patient"), (a_template, "[name=comment]", "Withdraw")],
    ids=["a ladder", "a review of a template"],
)
def test_what_takes_longest_to_write_outlives_the_session_too(
    practice: Practice, opened: Open, address: Callable[[Practice], str], field: str, pressed: str
) -> None:
    page = opened(address(practice))
    with page.expect_response("**/signed-in/"):
        page.locator(field).fill(HALF)
    the_session_ends()
    page.get_by_role("button", name=pressed).click()
    expect(page.get_by_role("alert")).to_contain_text("You are signed out")
    expect(page.locator(field)).to_have_value(HALF)


def test_writing_keeps_the_session_alive_once_a_minute_at_most(practice: Practice, opened: Open) -> None:
    page = opened("/alerts/")
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/signed-in/") else None)
    note = page.locator("article.alert").first.get_by_role("textbox")
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=1))
    with page.expect_response("**/signed-in/"):
        note.press_sequentially("Phoned")
    assert len(asked) == 1
    assert Session.objects.get().expire_date > timezone.now() + timedelta(minutes=10)
    page.clock.run_for(61_000)
    assert len(asked) == 1, "a page that nobody writes on is left alone"
    with page.expect_response("**/signed-in/"):
        note.press_sequentially(" her")
    assert len(asked) == 2


def test_whoever_writes_on_while_signed_out_hears_it_before_they_press(opened: Open) -> None:
    page = opened("/alerts/")
    page.context.clear_cookies(name="attune_session")
    alert = page.locator("article.alert").first
    alert.get_by_role("textbox").fill(HALF)
    expect(alert.get_by_role("alert")).to_contain_text("You are signed out")


def test_the_last_press_counts_where_the_server_takes_its_time(practice: Practice, opened: Open) -> None:
    page = opened(a_template(practice))
    with page.expect_response("**/signed-in/"):
        page.locator("[name=comment]").fill(HALF)
    held: list[Route] = []
    page.route("**/signed-in/", lambda route: held.append(route))  # noqa: PLW0108 -- playwright marks its handlers
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status").filter(has_text="Sending")).to_be_visible()
    page.get_by_role("button", name="Withdraw").click()
    assert len(held) == 1
    held[0].continue_()
    expect(page.get_by_text(HALF)).to_be_visible(timeout=15_000)
    said = [recorded.event for recorded in store.read(REVIEWS)]
    assert [type(one) for one in said] == [TemplateWithdrawn]
