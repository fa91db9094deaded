"""What the keyboard has reached can be seen: no bar that stays while a page scrolls covers it (WCAG 2.4.11)."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.apps.assessments.test_form_in_browser import serving
from tests.apps.exercises.acting import begun
from tests.apps.practice import Practice

pytestmark = pytest.mark.browser
Open = Callable[[str, ViewportSize], Page]
DESK: ViewportSize = {"width": 1280, "height": 900}
LOW: ViewportSize = {"width": 800, "height": 450}
ENLARGED: ViewportSize = {"width": 320, "height": 256}  # 1280 by 1024 at 400 %
HIDDEN = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const box = one.getBoundingClientRect(), name = one.id || one.name || one.textContent.trim();
  const seen = box.bottom > 0 && box.top < innerHeight;
  const shown = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const covers = (bar) => {
    const over = bar.getBoundingClientRect();
    return !bar.contains(one) && bar.contains(shown) && over.top <= box.top && over.bottom >= box.bottom;
  };
  const covered = [...document.querySelectorAll(".finish, header.bar")].some(covers);
  return { name, hidden: covered || !seen };
}"""
"""The focused control, and whether a bar lies over all of it or it is outside the window; null on the page itself."""


@pytest.fixture
def opened(chromium: Browser, practice: Practice) -> Iterator[Open]:
    """Opens the patient's page in a window of this size, in which scrolling takes no time."""
    cookies = practice.browser(practice.patient).cookies
    with serving() as base:

        def opening(address: str, size: ViewportSize) -> Page:
            context = chromium.new_context(base_url=base, viewport=size, reduced_motion="reduce")
            context.add_cookies([{"name": name, "value": kept.value, "url": base} for name, kept in cookies.items()])
            page = context.new_page()
            page.goto(address)
            return page

        yield opening


def gone_through(page: Page, key: str, most: int = 200) -> tuple[list[str], list[str]]:
    """The controls that the key reaches until the page ends, `most` at most, and those that one can't see then."""
    reached: list[str] = []
    hidden: list[str] = []
    while len(reached) < most:
        page.keyboard.press(key)
        at = page.evaluate(HIDDEN)
        if at is None:
            break
        reached.append(at["name"])
        if at["hidden"]:
            hidden.append(at["name"])
    return reached, hidden


@pytest.mark.parametrize("size", [DESK, LOW, ENLARGED], ids=["desk", "low", "enlarged"])
@pytest.mark.parametrize("of", ["questionnaire", "thought record", "preferences"])
def test_what_has_the_focus_is_never_wholly_under_a_bar(
    practice: Practice, opened: Open, of: str, size: ViewportSize
) -> None:
    match of:
        case "questionnaire":
            address = f"/assessments/{practice.fill({}, submit=False)}/"
        case "thought record":
            address = f"/exercises/{begun(practice)}/"
        case _:
            address = "/me/preferences/"
    page = opened(address, size)
    forth, under = gone_through(page, "Tab")
    back, above = gone_through(page, "Shift+Tab", len(forth))  # after which it would begin anew
    assert len(forth) > 15
    assert forth == back[::-1]
    assert (under, above) == ([], [])
