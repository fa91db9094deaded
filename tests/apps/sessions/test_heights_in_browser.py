"""On a phone the bar and what is said leave the window to the page, and nothing of either is lost for it."""

from collections.abc import Iterator
from typing import Any, Literal
from uuid import UUID

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.apps.sessions.test_live_in_browser import Enter, chromium, enter, picture, session

__all__ = ["chromium", "enter", "picture", "session"]
pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 375, "height": 667}
MOST_OF_THE_BAR = 120
SIZES = {(375, 667): 0.2, (360, 640): 0.25, (360, 560): 0.3, (320, 640): 0.31, (320, 568): 0.35}
"""Windows of phones, and the share of each that the longest word may take."""
LINKS = ["Session", "Questionnaires", "Exercises", "My album", "My data", "Who saw my record"]
SEEN = """(one) => {
  const box = one.getBoundingClientRect(), bar = one.closest(".said, header.bar").getBoundingClientRect();
  const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const whole = box.left >= 0 && box.right <= innerWidth && box.bottom <= bar.bottom;
  return one.contains(there) && box.height >= 24 && whole;
}"""
"""In the window, of a size that a finger meets (WCAG 2.5.8), and under nothing else."""
UNDER = """() => {
  const one = document.activeElement, said = document.querySelector(".said");
  if (one === document.body) return null;
  const box = one.getBoundingClientRect(), over = said.getBoundingClientRect();
  const under = !said.contains(one) && over.top < box.bottom && over.bottom > box.top;
  return { name: one.id || one.textContent.trim(), under };
}"""


def height(page: Page, of: str) -> float:
    return float(page.locator(of).evaluate("(one) => one.getBoundingClientRect().height"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_bar_of_a_phone_leaves_room_and_keeps_each_link_and_the_crisis_line(
    enter: Enter, theme: Literal["light", "dark"]
) -> None:
    page = enter().page
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme=theme)
    for address in (page.url, "/album/", "/me/", "/assessments/"):
        page.goto(address)
        assert height(page, "header.bar") <= MOST_OF_THE_BAR
        for link in LINKS:
            assert page.locator("header.bar nav").get_by_role("link", name=link, exact=True).evaluate(SEEN), link
        assert page.locator("header.bar .help").evaluate(SEEN)
        assert page.locator("header.bar").get_by_role("button", name="Sign out").evaluate(SEEN)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "tall"), SIZES)
def test_the_word_of_another_face_takes_a_fifth_of_a_phone_or_little_more_and_covers_nothing_that_has_the_focus(
    enter: Enter, picture: UUID, theme: Literal["light", "dark"], width: int, tall: int
) -> None:
    room = enter()
    page = room.page
    page.set_viewport_size({"width": width, "height": tall})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    room.paints(picture)
    expect(page.locator("#upset")).to_be_visible()
    room.send(type="notice", code="another_face", detail="Somebody else.")
    expect(page.locator("#notice")).to_contain_text("we get it wrong at times")
    assert height(page, ".said") <= SIZES[width, tall] * tall
    assert page.locator("#its-me").evaluate(SEEN)
    for key in ("Tab", "Shift+Tab"):
        reached = list(by_keyboard(page, key))
        assert {"pause", "its-me", "upset", "valence"} <= {one["name"] for one in reached}
        assert [one["name"] for one in reached if one["under"]] == [], key


def by_keyboard(page: Page, key: str) -> Iterator[dict[str, Any]]:
    """What has the focus, from the window's one end to the other."""
    for _ in range(60):
        page.keyboard.press(key)
        if (at := page.evaluate(UNDER)) is None:
            return
        yield at
