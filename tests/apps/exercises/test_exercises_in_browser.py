"""Exercises in a real browser: saved while one writes, merged from two devices, paced breath, an instant stop."""

import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from apps.exercises import commands, selectors
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.assessments.test_form_in_browser import chromium, serving
from tests.apps.exercises.acting import begun, ladder
from tests.apps.practice import Practice
from tests.apps.waiting import wait_for

__all__ = ["chromium"]
pytestmark = pytest.mark.browser
Open = Callable[..., Page]
NARROW = {"width": 320, "height": 640}
SAVED_MS = 15_000


@pytest.fixture
def open_page(chromium: Browser, practice: Practice) -> Iterator[Open]:
    """Opens a page as the patient and gives it; each call is another device."""
    cookies = practice.browser(practice.patient).cookies
    with serving() as base:

        def opening(path: str, **context: object) -> Page:
            window = chromium.new_context(**context)  # type: ignore[arg-type]  # as Playwright names them
            window.add_cookies([{"name": name, "value": kept.value, "url": base} for name, kept in cookies.items()])
            page = window.new_page()
            page.on("console", lambda line: _refuse_csp(line.text))
            page.goto(f"{base}{path}")
            return page

        yield opening


def _refuse_csp(text: str) -> None:
    assert "Content Security Policy" not in text, text


def values(practice: Practice, exercise: UUID) -> dict[str, object]:
    return dict(selectors.exercise(practice.own(), exercise).values)


def test_a_pause_in_writing_saves_once_and_another_device_goes_on_with_it(practice: Practice, open_page: Open) -> None:
    exercise = begun(practice)
    desk = open_page(f"/exercises/{exercise}/")
    desk.get_by_label("The thought", exact=True).press_sequentially("They don't want me", delay=20)
    desk.get_by_label("How much did you believe it then?").fill("80")
    expect(desk.locator("#saved")).to_have_text("all saved", timeout=SAVED_MS)
    assert values(practice, exercise) == {"thought": "They don't want me", "belief": 80}
    assert store.version_of(StreamName("exercise", exercise)) <= 3  # begun, and one or two pauses; no keystrokes
    phone = open_page(f"/exercises/{exercise}/", viewport=NARROW)
    expect(phone.get_by_label("The thought", exact=True)).to_have_value("They don't want me")
    phone.get_by_label("A feeling", exact=True).fill("sad")
    expect(phone.get_by_text("How strong was “sad”?")).to_be_visible()
    phone.get_by_label("The thought", exact=True).fill("from the phone")
    expect(phone.locator("#saved")).to_have_text("all saved", timeout=SAVED_MS)
    desk.get_by_label("The thought", exact=True).fill("from the desk")
    expect(desk.locator("#theirs-thought")).to_contain_text("from the phone", timeout=SAVED_MS)
    expect(desk.locator("#saved")).to_have_text("all saved", timeout=SAVED_MS)
    expect(desk.get_by_label("A feeling", exact=True)).to_have_value("sad")
    assert values(practice, exercise)["thought"] == "from the desk"
    desk.get_by_role("button", name="Use that one").click()
    expect(desk.locator("#saved")).to_have_text("all saved", timeout=SAVED_MS)
    expect(desk.get_by_label("The thought", exact=True)).to_have_value("from the phone")


def test_what_a_field_does_not_take_stays_in_it_and_all_else_is_saved(practice: Practice, open_page: Open) -> None:
    exercise = begun(practice, values={"belief": 80})
    desk = open_page(f"/exercises/{exercise}/")
    desk.get_by_label("How much did you believe it then?").fill("900")
    desk.get_by_label("What speaks for the thought?").fill("Nobody called")
    expect(desk.locator("#saved")).to_have_text("saved, but for the fields marked", timeout=SAVED_MS)
    expect(desk.locator("#said-belief")).to_contain_text("from 0 to 100")
    assert {name: values(practice, exercise)[name] for name in ("belief", "evidence_for")} == {
        "belief": 80,
        "evidence_for": "Nobody called",
    }
    expect(desk.get_by_label("How much did you believe it then?")).to_have_value("900")


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_breath_moves_only_for_whoever_wants_motion_and_stops_when_told(
    practice: Practice, open_page: Open, motion: str
) -> None:
    page = open_page(f"/exercises/{begun(practice, 'breathing')}/", reduced_motion=motion)
    expect(page.locator("#breath-stop")).to_be_disabled()  # it never starts by itself
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator("#breath-word")).to_have_text("Breathe in")
    expect(page.locator("#breath-count")).to_have_text("2")
    running = page.evaluate("document.getAnimations().length")
    assert (running > 0) == (motion == "no-preference")
    assert page.locator("#breath svg").is_visible() == (motion == "no-preference")
    page.keyboard.press("Escape")
    expect(page.locator("#breath-word")).to_have_text("Stopped")
    assert page.evaluate("document.getAnimations().length") == 0


def test_the_senses_are_gone_through_and_back_by_keyboard_without_losing_ones_place(
    practice: Practice, open_page: Open
) -> None:
    page = open_page(f"/exercises/{begun(practice, 'grounding')}/")
    back, on = (page.get_by_role("button", name=name, exact=True) for name in ("Back", "Next"))
    for button, other, last in ((on, back, "5 / 5"), (back, on, "1 / 5")):
        button.focus()
        for _ in range(3):
            page.keyboard.press("Enter")
            expect(button).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#sense-place")).to_have_text(last)
        expect(button).to_be_disabled()
        expect(other).to_be_focused()


def test_stop_shows_calm_before_the_server_has_answered(practice: Practice, open_page: Open) -> None:
    climbed = ladder(practice)
    page = open_page(f"/exercises/ladders/{climbed}/", viewport=NARROW)
    page.get_by_label("How upset are you right now?").fill("40")
    page.get_by_role("button", name="Begin this step").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look at the lift")
    page.wait_for_load_state("load")
    page.context.set_offline(True)
    page.get_by_role("button", name="Stop now").click()
    expect(page.get_by_role("heading", name="You stopped. That is always right.")).to_be_visible()
    assert page.locator("figure.calm img").evaluate("picture => picture.complete && picture.naturalWidth > 0")
    page.context.set_offline(False)
    expect(page.get_by_role("button", name="End here")).to_be_visible(timeout=SAVED_MS)
    assert not selectors.one_ladder(practice.own(), climbed).ladder.on_a_step


def test_what_was_not_taken_stays_the_writers_own_on_the_page_that_says_so(practice: Practice, open_page: Open) -> None:
    exercise = begun(practice, values={"thought": "first"})
    desk = open_page(f"/exercises/{exercise}/")
    commands.save(practice.own(), exercise, {"thought": "from the phone"}, seen=2, command_id=uuid4())
    desk.get_by_label("The thought", exact=True).fill("from the desk")
    desk.evaluate("document.getElementById('draft').submit()")  # as before the script was there
    expect(desk.locator("#theirs-thought")).to_contain_text("from the phone")
    desk.get_by_label("A feeling", exact=True).fill("sad")
    expect(desk.locator("#saved")).to_have_text("all saved", timeout=SAVED_MS)
    expect(desk.get_by_label("The thought", exact=True)).to_have_value("from the desk")
    assert values(practice, exercise)["thought"] == "from the desk"


def test_words_that_were_not_kept_are_never_left_behind(practice: Practice, open_page: Open) -> None:
    """Signed out in the middle: pressing a button loses nothing, and all of it goes in once the patient is back."""
    exercise = begun(practice)
    desk = open_page(f"/exercises/{exercise}/")
    kept = desk.context.cookies()
    desk.context.clear_cookies(name="attune_session")
    desk.get_by_label("The thought", exact=True).fill("They don't want me")
    desk.get_by_role("button", name="Finish").click()
    expect(desk.locator("#saved.failed")).to_contain_text("You are signed out", timeout=SAVED_MS)
    expect(desk.get_by_label("The thought", exact=True)).to_have_value("They don't want me")
    assert values(practice, exercise) == {}
    desk.context.add_cookies(kept)  # type: ignore[arg-type]  # as they came
    desk.get_by_role("button", name="Save for later").click()
    expect(desk.get_by_text("It is saved.")).to_be_visible(timeout=SAVED_MS)
    assert values(practice, exercise) == {"thought": "They don't want me"}


def test_a_button_pressed_without_a_line_keeps_the_page_and_asks_before_it_is_closed(
    practice: Practice, open_page: Open
) -> None:
    exercise = begun(practice)
    desk = open_page(f"/exercises/{exercise}/")
    asked: list[str] = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    desk.context.set_offline(True)
    desk.get_by_label("The thought", exact=True).fill("They don't want me")
    desk.get_by_role("button", name="Stop here and put it away").click()
    expect(desk.locator("#saved.failed")).to_contain_text("trying again", timeout=SAVED_MS)
    desk.evaluate("setTimeout(() => location.assign('/exercises/'))")
    wait_for(desk, asked)
    assert asked == ["beforeunload"]
    expect(desk.get_by_label("The thought", exact=True)).to_have_value("They don't want me")
    desk.context.set_offline(False)
    expect(desk.locator("#saved")).to_have_text("all saved", timeout=SAVED_MS)
    assert selectors.exercise(practice.own(), exercise).status == "open"


@pytest.mark.parametrize("why", ["theirs", "refused"])
def test_a_button_leads_away_only_when_what_needs_a_look_was_shown(
    practice: Practice, open_page: Open, why: str
) -> None:
    exercise = begun(practice, values={"thought": "first", "belief": 80})
    desk = open_page(f"/exercises/{exercise}/")
    thought = desk.get_by_label("The thought", exact=True)
    belief = desk.get_by_label("How much did you believe it then?")
    if why == "theirs":
        commands.save(practice.own(), exercise, {"thought": "from the phone"}, seen=2, command_id=uuid4())
        thought.fill("from the desk")
    else:
        belief.fill("900")
    desk.get_by_role("button", name="Save for later").click()
    expect(thought if why == "theirs" else belief).to_be_focused(timeout=SAVED_MS)
    place = desk.locator("#theirs-thought" if why == "theirs" else "#said-belief")
    expect(place).to_contain_text("from the phone" if why == "theirs" else "from 0 to 100")
    belief.fill("70")
    desk.get_by_role("button", name="Save for later").click()
    expect(desk.get_by_text("It is saved.")).to_be_visible(timeout=SAVED_MS)
    assert values(practice, exercise)["belief"] == 70


def test_words_that_came_while_a_save_was_under_way_are_shown_and_not_overwritten(
    practice: Practice, open_page: Open
) -> None:
    exercise = begun(practice, values={"thought": "first"})
    desk = open_page(f"/exercises/{exercise}/")
    held: list[Route] = []
    desk.route("**/entries/", lambda route: route.continue_() if held else held.append(route))
    desk.get_by_label("A feeling", exact=True).fill("sad")
    for _ in range(200):
        if held:
            break
        desk.wait_for_timeout(50)
    commands.save(practice.own(), exercise, {"thought": "from the phone"}, seen=2, command_id=uuid4())
    desk.get_by_label("The thought", exact=True).fill("from the desk")
    held[0].continue_()
    expect(desk.locator("#theirs-thought")).to_contain_text("from the phone", timeout=SAVED_MS)
    expect(desk.locator("#saved")).to_have_text("all saved", timeout=SAVED_MS)
    assert values(practice, exercise) == {"thought": "from the desk", "feeling_1": "sad"}


def test_what_was_written_into_a_closed_one_is_not_called_saved(practice: Practice, open_page: Open) -> None:
    exercise = begun(practice)
    desk = open_page(f"/exercises/{exercise}/")
    commands.set_aside(practice.own(), exercise, command_id=uuid4())
    desk.get_by_label("The thought", exact=True).fill("It was my fault")
    expect(desk.locator("#saved.failed")).to_contain_text("copy it before you leave", timeout=SAVED_MS)
    expect(desk.get_by_label("The thought", exact=True)).to_have_value("It was my fault")


def test_a_number_that_cannot_be_read_erases_none(practice: Practice, open_page: Open) -> None:
    exercise = begun(practice, values={"belief": 80})
    desk = open_page(f"/exercises/{exercise}/")
    field = desk.get_by_label("How much did you believe it then?")
    field.fill("")
    field.press_sequentially("8e")
    expect(desk.locator("#said-belief")).not_to_be_empty(timeout=SAVED_MS)
    assert values(practice, exercise)["belief"] == 80


def on_a_step(page: Page) -> None:
    page.get_by_label("How upset are you right now?").fill("40")
    page.get_by_role("button", name="Begin this step").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look at the lift")
    page.wait_for_load_state("load")


def test_a_stop_by_someone_signed_out_keeps_calm_and_is_noted_once_they_are_signed_in(
    practice: Practice, open_page: Open
) -> None:
    climbed = ladder(practice)
    page = open_page(f"/exercises/ladders/{climbed}/")
    on_a_step(page)
    kept = page.context.cookies()
    page.context.clear_cookies(name="attune_session")
    page.get_by_role("button", name="Stop now").click()
    page.wait_for_timeout(1500)
    expect(page.get_by_role("heading", name="You stopped. That is always right.")).to_be_visible()
    page.context.add_cookies(kept)  # type: ignore[arg-type]  # as they came
    expect(page.get_by_role("button", name="End here")).to_be_visible(timeout=SAVED_MS)
    assert not selectors.one_ladder(practice.own(), climbed).ladder.on_a_step


def test_a_number_on_its_way_does_not_bring_the_step_back(
    practice: Practice, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    say, stopped, said = commands.say_distress, threading.Event(), threading.Event()

    def slowly(*given: Any, **named: Any) -> Any:
        stopped.wait(60)
        try:
            return say(*given, **named)
        finally:
            said.set()

    monkeypatch.setattr(commands, "say_distress", slowly)
    climbed = ladder(practice)
    page = open_page(f"/exercises/ladders/{climbed}/")
    on_a_step(page)
    page.get_by_label("How upset are you right now?").fill("50")
    # both by the page, since Playwright itself would wait for the page that the first button asked for
    page.evaluate("""() => {
      [...document.querySelectorAll("button")].find((one) => one.textContent.trim() === "Note it and stay").click();
      setTimeout(() => document.querySelector("#stop button").click(), 400);
    }""")
    expect(page.get_by_role("button", name="End here")).to_be_visible(timeout=SAVED_MS)
    stopped.set()
    assert said.wait(60)
    expect(page.get_by_role("button", name="End here")).to_be_visible()
    assert not selectors.one_ladder(practice.own(), climbed).ladder.on_a_step


def test_nothing_is_cut_off_on_a_narrow_screen(practice: Practice, open_page: Open) -> None:
    climbed = ladder(practice)
    exercises = [begun(practice, name) for name in ("thought_record", "activity_plan", "grounding", "breathing")]
    paths = ["/exercises/", f"/exercises/ladders/{climbed}/", *(f"/exercises/{one}/" for one in exercises)]
    page = open_page(paths[0], viewport=NARROW)
    for path in paths:
        page.goto(f"{page.url.split('/exercises/')[0]}{path}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
