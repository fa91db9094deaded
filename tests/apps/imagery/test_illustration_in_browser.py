"""The picture of a thought in a real browser: asked for without leaving the page, gone before the server answers."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from apps.exercises import commands as exercises
from apps.exercises import selectors
from apps.imagery import policy, wishing
from apps.imagery.events import CATEGORY, ImageReacted, ImageRequested
from apps.imagery.scheduling import DEADLINE
from apps.patients import commands as patients
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.assessments.test_form_in_browser import chromium, serving
from tests.apps.exercises.acting import RECORD, begun
from tests.apps.imagery.living import run_jobs
from tests.apps.practice import Practice

__all__ = ["chromium"]
pytestmark = pytest.mark.browser
Seal = Callable[[], None]
SLOW_MS = 15_000
NARROW = {"width": 320, "height": 640}


@pytest.fixture
def open_page(chromium: Browser, practice: Practice, seal_now: Seal) -> Iterator[Callable[..., Page]]:
    """Opens a page as the patient, who agrees to pictures."""
    who = practice.patient
    patients.give_consent(who.id, purpose="images", actor=who.actor, command_id=uuid4())
    seal_now()
    cookies = practice.browser(who).cookies
    with serving() as base:

        def opening(path: str, **context: object) -> Page:
            window = chromium.new_context(**context)  # type: ignore[arg-type]  # as Playwright names them
            window.add_cookies([{"name": name, "value": kept.value, "url": base} for name, kept in cookies.items()])
            page = window.new_page()
            page.on("console", lambda line: _refuse_csp(line.text))
            page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
            page.goto(f"{base}{path}")
            return page

        yield opening


def _refuse_csp(text: str) -> None:
    assert "Content Security Policy" not in text, text


def shoot(page: Page, name: str) -> None:
    """Keeps a picture of the page where a person wants to look at it."""
    if folder := os.environ.get("ATTUNE_LOOK"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_picture_comes_beside_what_is_being_written_and_goes_at_one_press(
    practice: Practice, seal_now: Seal, open_page: Callable[..., Page]
) -> None:
    exercise_id = begun(practice, values=dict(RECORD))
    page = open_page(f"/exercises/{exercise_id}/")
    page.get_by_label("What speaks for the thought?").fill("Nobody called at all")
    page.get_by_role("button", name="A picture for this thought").click()
    expect(page.locator("#picture").get_by_text("Your picture is being made.")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_label("What speaks for the thought?")).to_have_value("Nobody called at all")
    expect(page.locator("#saved")).to_have_text("all saved", timeout=SLOW_MS)
    run_jobs(DEADLINE)
    seal_now()
    picture = page.locator("#picture img")
    expect(picture).to_be_visible(timeout=SLOW_MS)
    assert picture.get_attribute("alt")
    page.wait_for_function("() => document.querySelector('#picture img').naturalWidth > 0")
    page.locator("#picture summary").click()
    expect(page.locator("#picture")).to_contain_text("You asked for a picture for your fairer thought.")
    page.context.set_offline(True)
    page.get_by_role("button", name="This upset me").click()
    expect(picture).to_have_count(0)
    expect(page.locator("#picture .failed")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="This upset me").click()
    expect(page.locator("#picture")).to_contain_text("We are sorry. The picture is gone", timeout=SLOW_MS)
    assert selectors.exercise(practice.own(), exercise_id).values["evidence_for"] == "Nobody called at all"
    log = store.read(StreamName(CATEGORY, exercise_id))
    assert sum(isinstance(one.event, ImageRequested) for one in log) == 1


def test_whoever_waits_by_keyboard_keeps_their_place_and_hears_that_the_picture_is_here(
    practice: Practice, seal_now: Seal, open_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy, "INTERVAL", dict.fromkeys(policy.INTERVAL, timedelta(0)))  # a quick machine is too soon
    exercise_id = begun(practice, values=dict(RECORD))
    page = open_page(f"/exercises/{exercise_id}/")
    said = page.locator("#picture-said[role=status]")
    said.evaluate("one => { one.dataset.stays = 'yes'; }")
    page.get_by_role("button", name="A picture for this thought").press("Enter")
    expect(said).to_contain_text("Your picture is being made.", timeout=SLOW_MS)
    expect(page.locator("#picture")).to_be_focused()
    run_jobs(DEADLINE)
    seal_now()
    expect(page.locator("#picture img")).to_be_visible(timeout=SLOW_MS)
    expect(page.locator("#picture")).to_be_focused()
    expect(said).to_contain_text("Your picture is here:")
    expect(said).to_have_attribute("data-stays", "yes")  # no new one: such a status is not read out
    page.get_by_role("button", name="Better", exact=True).press("Enter")
    expect(said).to_contain_text("Thank you.", timeout=SLOW_MS)
    expect(said).not_to_contain_text("Your picture is here:")
    page.get_by_role("button", name="Another one").press("Enter")
    expect(said).to_contain_text("Your picture is being made.", timeout=SLOW_MS)
    writing = page.get_by_label("What speaks for the thought?")
    writing.focus()
    run_jobs(DEADLINE)
    seal_now()
    expect(page.locator("#picture img")).to_be_visible(timeout=SLOW_MS)
    expect(writing).to_be_focused()  # whoever went on writing is left where they are


def test_a_rating_by_keyboard_keeps_its_place_and_one_on_its_way_holds_no_upset_up(
    practice: Practice, seal_now: Seal, open_page: Callable[..., Page]
) -> None:
    exercise_id = begun(practice, values=dict(RECORD))
    wishing.wish(practice.own(), exercise_id, command_id=uuid4())
    run_jobs(DEADLINE)
    seal_now()
    page, on_its_way = open_page(f"/exercises/{exercise_id}/"), list[Route]()
    scale = page.get_by_role("group", name="How does it sit with you?")
    for name in ("Better", "Much worse"):
        button = scale.get_by_role("button", name=name, exact=True)
        button.press("Enter")
        expect(button).to_have_attribute("aria-pressed", "true", timeout=SLOW_MS)
        expect(button).to_be_focused()
    page.route("**/picture/rating/", lambda route, _: on_its_way.append(route))
    scale.get_by_role("button", name="No change").click()
    page.get_by_role("button", name="This upset me").click()
    expect(page.locator("#picture")).to_contain_text("We are sorry. The picture is gone", timeout=SLOW_MS)
    with page.expect_response("**/picture/rating/"):
        on_its_way[0].continue_()
    expect(page.locator("#picture")).to_contain_text("We are sorry. The picture is gone")
    log = store.read(StreamName(CATEGORY, exercise_id))
    assert [one.event.rating for one in log if isinstance(one.event, ImageReacted)] == [1, -2]


@pytest.mark.parametrize("look", [{"viewport": NARROW, "color_scheme": "dark"}, {"java_script_enabled": False}])
def test_it_fits_a_narrow_screen_and_needs_no_script(
    practice: Practice, seal_now: Seal, open_page: Callable[..., Page], look: dict[str, object]
) -> None:
    exercise_id = begun(practice, values=dict(RECORD))
    exercises.finish(practice.own(), exercise_id, command_id=uuid4())
    page = open_page(f"/exercises/{exercise_id}/", **look)
    name = "narrow" if "viewport" in look else "plain"
    shoot(page, f"{name}-open")
    page.get_by_role("button", name="A picture for this thought").click()
    expect(page.locator("#picture").get_by_text("Your picture is being made.")).to_be_visible(timeout=SLOW_MS)
    shoot(page, f"{name}-waiting")
    run_jobs(DEADLINE)
    seal_now()
    if "viewport" not in look:
        page.get_by_role("link", name="Look again").click()
    expect(page.locator("#picture img")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="Much worse").click()
    expect(page.get_by_role("button", name="Much worse")).to_have_attribute("aria-pressed", "true", timeout=SLOW_MS)
    page.locator("#picture summary").click()
    shoot(page, f"{name}-shown")
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    page.get_by_role("button", name="This upset me").click()
    expect(page.locator("#picture")).to_contain_text("We are sorry. The picture is gone", timeout=SLOW_MS)
    shoot(page, f"{name}-upset")
