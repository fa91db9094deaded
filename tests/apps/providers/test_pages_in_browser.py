"""The clinician's pages in a real browser: what is written is not quietly lost, and paper holds what the page does."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from apps.imagery.keeping_events import CHOOSING
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.assessments.test_form_in_browser import chromium, serving
from tests.apps.imagery.showing import showing
from tests.apps.practice import Practice
from tests.apps.providers.test_chart_of_a_session import session
from tests.apps.waiting import wait_for

__all__ = ["chromium", "session"]
pytestmark = pytest.mark.browser
Seal = Callable[[], None]
Open = Callable[[str], Page]
HALF = "Phoned; her sister said that"


@pytest.fixture
def opened(chromium: Browser, practice: Practice, seal_now: Seal) -> Iterator[Open]:
    """Opens an address as the clinician of a patient with two alerts: an answer, and a picture that upset."""
    shown = showing(practice.patient.id, practice.patient.actor)
    practice.fill({9: 2})
    shown.upset(shown.show())
    seal_now()
    cookies = practice.browser(practice.provider).cookies
    with serving() as base:

        def opening(address: str) -> Page:
            context = chromium.new_context()
            context.add_cookies([{"name": name, "value": kept.value, "url": base} for name, kept in cookies.items()])
            page = context.new_page()
            page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
            page.goto(f"{base}{address}")
            return page

        yield opening


def asks_before(pressed: Locator, page: Page) -> bool:
    """Whether the browser asks before it leaves; if so, one stays."""
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    pressed.click(no_wait_after=True)
    wait_for(page, asked)
    return asked == ["beforeunload"]


@pytest.mark.parametrize("page_of", ["alerts", "chart"])
def test_acknowledging_one_alert_does_not_quietly_drop_what_was_written_under_another(
    practice: Practice, opened: Open, page_of: str
) -> None:
    page = opened("/alerts/" if page_of == "alerts" else f"/patients/{practice.patient.id}/")
    one, other = page.locator("article.alert").all()
    one.get_by_role("textbox").fill(HALF)
    other.get_by_role("textbox").fill("We spoke about the picture.")
    assert asks_before(other.get_by_role("button", name="Acknowledge"), page)
    expect(one.get_by_role("textbox")).to_have_value(HALF)
    expect(other.get_by_role("textbox")).to_have_value("We spoke about the picture.")
    one.get_by_role("textbox").fill("")
    other.get_by_role("button", name="Acknowledge").click()  # nothing is written elsewhere, so nothing is asked
    expect(page.get_by_text("Your note stands in the record")).to_be_visible()


def test_a_note_that_was_not_taken_is_not_quietly_dropped_either(opened: Open) -> None:
    page = opened("/alerts/")
    answer = page.locator("article.alert", has_text="item 9")
    answer.get_by_role("textbox").fill(HALF)
    answer.locator("[name=seen]").evaluate("field => { field.value = '1'; }")  # it was raised higher since
    answer.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("since you opened the page")).to_be_visible()
    expect(answer.get_by_role("textbox")).to_have_value(HALF)
    assert asks_before(page.get_by_role("link", name="Caseload"), page)
    expect(answer.get_by_role("textbox")).to_have_value(HALF)


@pytest.mark.parametrize("under", ["Set a style or a kind of scene aside", "Set aside: A quiet lake at dawn"])
def test_filtering_pictures_does_not_quietly_drop_a_reason_half_written(
    practice: Practice, opened: Open, under: str
) -> None:
    page = opened(f"/patients/{practice.patient.id}/pictures/")
    around = page.locator("details", has=page.locator("summary", has_text=under))
    around.locator("summary").click()
    reason = around.get_by_label("Why (the patient's care team reads it)")
    reason.fill("Deep water frightens")
    assert asks_before(page.get_by_role("button", name="Filter"), page)
    expect(reason).to_have_value("Deep water frightens")


def test_what_is_folded_on_the_page_of_pictures_stands_on_paper(practice: Practice, opened: Open) -> None:
    client, address = practice.browser(practice.provider), f"/patients/{practice.patient.id}/pictures/"
    client.post(f"{address}vetoes/", {"value": "style:ink", "reason": "hard lines frighten her"})
    [veto] = (one.event for one in store.read(StreamName(CHOOSING, practice.patient.id)))
    client.post(f"{address}vetoes/{veto.veto_id}/lift/")
    page = opened(address)
    model = page.get_by_text("painter@2a7f7498")
    expect(model).to_be_hidden()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for told in ("How it came to be", "Scores of safety and quality", "Taken back earlier", "hard lines frighten her"):
        expect(page.get_by_text(told)).to_be_visible()
    expect(model).to_be_visible()
    for form in page.locator("form.veto").all():
        expect(form).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(model).to_be_hidden()


def test_the_chart_prints_its_tables_without_a_word_to_unfold_them(practice: Practice, opened: Open) -> None:
    page = opened(f"/patients/{practice.patient.id}/")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_text("As a table").first).to_be_visible()  # without the script, paper says what is missing
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.get_by_text("As a table").first).to_be_hidden()
    expect(page.get_by_role("cell", name="minimal")).to_be_visible()


INSIDE_ITS_BOX = """(one) => {
  const box = one.getBoundingClientRect(), around = one.closest(".scroll").getBoundingClientRect();
  return box.left >= around.left && box.right <= around.right;
}"""


def test_on_a_phone_a_drawing_begins_at_its_newest_and_the_keyboard_reaches_it(
    practice: Practice, session: UUID, opened: Open
) -> None:
    page = opened(f"/patients/{practice.patient.id}/")
    page.set_viewport_size({"width": 360, "height": 780})
    page.reload()
    newest = {
        "PHQ-9, drawn": "circle.dot",
        "Emotions across sessions, drawn": "rect.layer",
        "Emotions in the latest session, drawn": "text.tick",
    }
    for name, drawn in newest.items():
        around = page.get_by_role("region", name=name)
        assert around.locator(drawn).last.evaluate(INSIDE_ITS_BOX), name
        around.focus()
        expect(around).to_be_focused()
    page.locator("#emotions ~ details summary").first.click()
    day = page.locator("#emotions ~ details td.day").first
    assert day.evaluate("(one) => getComputedStyle(one).whiteSpace") == "nowrap"
