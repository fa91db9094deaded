"""The pages of templates by keyboard alone: filtered, read, judged and decided about; where one is can be seen."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from apps.imagery import scene_templates
from apps.imagery.review_events import REVIEWS, DraftsAllowed, TemplateApproved, TemplateWithdrawn
from eventstore import store
from tests.apps.assessments.test_form_in_browser import chromium, serving
from tests.apps.practice import Practice

__all__ = ["chromium"]
pytestmark = pytest.mark.browser
Open = Callable[..., Page]
MOST_TABS = 60
HERE = "one => one === document.activeElement"
RING = """() => { const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 }"""


@pytest.fixture
def opened(chromium: Browser, practice: Practice) -> Iterator[Open]:
    """Opens the list as a user. Nothing after that touches a mouse."""
    with serving() as base:

        def opening(who: object) -> Page:
            context = chromium.new_context()
            cookies = practice.browser(who).cookies  # type: ignore[arg-type]  # a name of the fixture's
            context.add_cookies([{"name": name, "value": kept.value, "url": base} for name, kept in cookies.items()])
            page = context.new_page()
            page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
            page.goto(f"{base}/templates/")
            return page

        yield opening


def tab_to(page: Page, wanted: Locator) -> None:
    """On with the Tab key until it is reached; each place on the way shows that it is there."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        assert page.evaluate(RING), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if wanted.evaluate(HERE):
            return
    pytest.fail(f"not reached within {MOST_TABS} tabs: {wanted}")


def press(page: Page, wanted: Locator) -> None:
    tab_to(page, wanted)
    page.keyboard.press("Enter")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def log() -> list[Any]:
    return [recorded.event for recorded in store.read(REVIEWS)]


def test_a_clinician_finds_reads_and_judges_templates_without_a_mouse(practice: Practice, opened: Open) -> None:
    first, second = [
        one for one in scene_templates.templates() if one.technique == "mindfulness" and "fear" in one.emotions
    ][:2]
    page = opened(practice.provider)
    press(page, page.get_by_role("link", name="Skip to the content"))
    expect(page.locator("main")).to_be_focused()
    tab_to(page, page.get_by_label("Technique"))
    page.keyboard.type("Mindf")
    tab_to(page, page.get_by_label("Emotion"))
    page.keyboard.type("Fear")
    press(page, button(page, "Filter"))
    expect(page.get_by_label("Emotion")).to_have_value("fear")
    press(page, page.get_by_role("link", name=first.title, exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text(first.title)
    press(page, button(page, "Withdraw"))
    comment = page.get_by_label("Comment")
    expect(page.get_by_role("alert")).to_contain_text("Please write why")
    expect(comment).to_be_focused()
    page.keyboard.type("The ice may frighten.")
    press(page, button(page, "Withdraw"))
    expect(page.get_by_role("status").first).to_contain_text("Withdrawn.")
    press(page, page.get_by_role("link", name="Next draft"))
    expect(page.get_by_role("heading", level=1)).to_have_text(second.title)
    press(page, button(page, "Approve"))
    expect(page.get_by_role("status").first).to_contain_text("Approved, in the words that you read.")
    assert log() == [
        TemplateWithdrawn(template=first.id, digest=first.digest, comment="The ice may frighten."),
        TemplateApproved(template=second.id, digest=second.digest, comment=""),
    ]


def test_an_administrator_decides_about_drafts_without_a_mouse(practice: Practice, opened: Open) -> None:
    page = opened(practice.administrator)
    press(page, page.locator("summary", has_text="Decide that drafts may be shown"))
    tab_to(page, page.get_by_label("Why (it stays on record)"))
    page.keyboard.type("We read them on paper.")
    press(page, button(page, "Allow drafts"))
    expect(page.get_by_role("status")).to_contain_text("The decision is recorded.")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement !== document.body")  # the way back is open as well
    assert log() == [DraftsAllowed(reason="We read them on paper.")]
