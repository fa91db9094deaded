"""The form in a real browser: each answer is saved as it's given, help comes at once, and no script is needed."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from uuid import UUID, uuid4
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from apps.assessments import commands as assessments
from apps.assessments import selectors
from apps.assessments.aggregate import Assessment
from tests.apps.practice import Practice

pytestmark = pytest.mark.browser
CHROMIUM = "/usr/bin/chromium"
Open = Callable[..., Page]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Tests need no access log."""


@contextmanager
def serving() -> Iterator[str]:
    application = StaticFilesHandler(get_wsgi_application())
    server = make_server("127.0.0.1", 0, application, server_class=Server, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail("Chromium is missing: apt-get install chromium")
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        # Playwright keeps a loop in this thread, in which Django would refuse the database.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def open_form(chromium: Browser, practice: Practice) -> Iterator[Open]:
    """Opens the patient's form, with or without script, and gives the page."""
    form = practice.fill({}, submit=False)
    cookies = practice.browser(practice.patient).cookies
    with serving() as base:

        def opening(*, script: bool = True, touch: bool = False) -> Page:
            context = chromium.new_context(java_script_enabled=script, has_touch=touch)
            context.add_cookies([{"name": name, "value": kept.value, "url": base} for name, kept in cookies.items()])
            page = context.new_page()
            page.goto(f"{base}/assessments/{form}/")
            return page

        yield opening


def of(practice: Practice, page: Page) -> Assessment:
    return selectors.form(practice.own(), UUID(page.url.rstrip("/").rpartition("/")[2]))


def answers(practice: Practice, page: Page) -> dict[int, int]:
    return of(practice, page).answers


def test_answers_are_saved_as_they_are_given_and_the_last_one_counts(practice: Practice, open_form: Open) -> None:
    page = open_form()
    for value in ("1", "3", "2"):
        page.check(f"input[name=item_4][value='{value}']")
    page.check("input[name=item_5][value='1']")
    expect(page.locator("#question-5 .saved")).to_have_text("saved", timeout=15_000)
    expect(page.locator("#question-4 .saved")).to_have_text("saved")
    assert {item: answers(practice, page)[item] for item in (4, 5)} == {4: 2, 5: 1}


def test_help_comes_with_the_answer_and_stays_when_it_is_taken_back(open_form: Open) -> None:
    page = open_form()
    help_now = page.locator("#help-now")
    expect(help_now).to_be_hidden()
    page.check("input[name=item_9][value='1']")
    expect(help_now).to_be_visible()
    expect(help_now.get_by_role("link", name="Call the 988")).to_have_attribute("href", "tel:988")
    expect(page.locator("#question-9 .saved")).to_have_text("saved", timeout=15_000)
    with page.expect_response("**/answers/"):
        page.check("input[name=item_9][value='0']")
    expect(page.locator("#question-9 .saved")).to_have_text("saved", timeout=15_000)
    page.reload()
    expect(help_now).to_be_visible()


def item_9(page: Page, value: int) -> Locator:
    return page.locator(f"input[name=item_9][value='{value}']")


def stop_the_clock(page: Page) -> None:
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))


def test_an_arrow_key_that_passes_an_answer_to_item_9_raises_nothing(practice: Practice, open_form: Open) -> None:
    page = open_form()
    stop_the_clock(page)
    item_9(page, 0).focus()
    page.keyboard.press("ArrowUp")  # wraps to "Nearly every day"
    expect(item_9(page, 3)).to_be_checked()
    expect(page.locator("#help-now")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(item_9(page, 1)).to_be_checked()
    page.clock.run_for(6000)
    expect(page.locator("#question-9 .saved")).to_have_text("saved", timeout=15_000)
    form = of(practice, page)
    assert (form.answers[9], form.attention) == (1, 1)


def test_who_listens_to_each_answer_to_item_9_raises_nothing_by_passing_it(practice: Practice, open_form: Open) -> None:
    """A screen reader takes its time over an answer; each is chosen while it is read out."""
    page = open_form()
    stop_the_clock(page)
    item_9(page, 0).focus()
    for value in (1, 2, 3, 0):
        page.keyboard.press("ArrowDown")
        expect(item_9(page, value)).to_be_checked()
        page.clock.run_for(1500)
    page.clock.run_for(6000)
    expect(page.locator("#question-9 .saved")).to_have_text("saved", timeout=15_000)
    form = of(practice, page)
    assert (form.answers[9], form.attention) == (0, 0)


@pytest.mark.parametrize(
    "by", ["click", "label", "touch", "space", "space after an arrow", "click after an arrow", "device"]
)
def test_an_answer_to_item_9_that_is_chosen_and_not_passed_goes_out_at_once(
    practice: Practice, open_form: Open, by: str
) -> None:
    page = open_form(touch=by == "touch")
    stop_the_clock(page)
    chosen = item_9(page, 1)
    if by == "label":
        page.locator("label", has=chosen).get_by_text("Several days").click()
    elif by == "touch":
        page.locator("label", has=chosen).tap()
    elif by == "space":
        chosen.focus()
        page.keyboard.press(" ")
    elif by == "device":
        chosen.evaluate("one => one.click()")  # as a screen reader or a switch presses it: without key or pointer
    else:
        if by.endswith("arrow"):
            item_9(page, 0).focus()
            page.keyboard.press("ArrowDown")
        page.keyboard.press(" ") if by.startswith("space") else chosen.click()
    expect(page.locator("#question-9 .saved")).to_have_text("saved", timeout=15_000)
    assert answers(practice, page)[9] == 1


def test_an_answer_to_item_9_goes_out_at_once_where_the_question_is_left(practice: Practice, open_form: Open) -> None:
    page = open_form()
    stop_the_clock(page)
    item_9(page, 0).focus()
    page.keyboard.press("ArrowDown")
    assert answers(practice, page)[9] == 0
    page.locator("input[name=item_1][value='0']").focus()
    expect(page.locator("#question-9 .saved")).to_have_text("saved", timeout=15_000)
    assert answers(practice, page)[9] == 1


@pytest.mark.parametrize("leaving", ["close", "finish"])
def test_an_answer_to_item_9_is_not_lost_where_the_page_is_left_at_once(
    practice: Practice, open_form: Open, leaving: str
) -> None:
    page = open_form()
    form, home = UUID(page.url.rstrip("/").rpartition("/")[2]), page.url.partition("/assessments/")[0]
    stop_the_clock(page)
    item_9(page, 0).focus()
    page.keyboard.press("ArrowDown")
    if leaving == "finish":
        page.evaluate("document.getElementById('answers').requestSubmit()")
        expect(page.locator(".score")).to_contain_text("1", timeout=15_000)
    else:
        page.goto(f"{home}/help/now/")
    until = time.monotonic() + 15
    while time.monotonic() < until and selectors.form(practice.own(), form).answers[9] != 1:
        time.sleep(0.1)
    kept = selectors.form(practice.own(), form)
    assert (kept.answers[9], kept.attention) == (1, 1)


def test_without_a_script_the_form_is_answered_saved_and_handed_in(practice: Practice, open_form: Open) -> None:
    page = open_form(script=False)
    page.check("input[name=item_9][value='2']")
    page.get_by_role("button", name="Save and go on later").click()
    expect(page.locator("#help-now")).to_be_visible()
    assert answers(practice, page)[9] == 2
    page.get_by_role("button", name="Finish").click()
    expect(page.locator(".score")).to_contain_text("2")
    expect(page.locator("#help-now")).to_be_visible()


def test_an_answer_that_was_not_kept_is_never_left_behind(practice: Practice, open_form: Open) -> None:
    """Signed out in the middle: item 9 is not lost by pressing on, and goes in once the patient is signed in again."""
    page = open_form()
    kept = page.context.cookies()
    page.context.clear_cookies(name="attune_session")
    page.check("input[name=item_9][value='2']")
    expect(page.locator("#question-9 .saved.failed")).to_be_visible(timeout=15_000)
    expect(page.locator("#help-now")).to_be_visible()
    page.get_by_role("button", name="Save and go on later").click()
    page.wait_for_timeout(4000)
    expect(page.locator("input[name=item_9][value='2']")).to_be_checked()
    assert answers(practice, page)[9] == 0
    page.context.add_cookies(kept)  # type: ignore[arg-type]  # as they came
    page.get_by_role("button", name="Save and go on later").click()
    expect(page.get_by_text("Your answers are saved.")).to_be_visible(timeout=15_000)
    assert answers(practice, page)[9] == 2


def test_enter_does_not_hand_in_a_form_with_gaps(practice: Practice, open_form: Open) -> None:
    page, who = open_form(), practice.patient
    form = assessments.start(who.id, key="gad-7", ordinal=0, actor=who.actor, command_id=uuid4())
    page.goto(f"{page.url.partition('/assessments/')[0]}/assessments/{form}/")
    page.check("input[name=item_1][value='1']")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("button", name="Send it as it is")).to_be_visible()
    page.locator("input[name=item_1][value='1']").press("Enter")
    page.wait_for_load_state("load")
    assert selectors.form(practice.own(), form).scored is None
    page.goto(f"{page.url.partition('/assessments/')[0]}/assessments/{form}/?open=1")
    page.get_by_role("button", name="Send it as it is").click()
    expect(page.get_by_role("main")).to_contain_text("there is no score this time")
    assert selectors.form(practice.own(), form).scored is not None
