"""Where the reader's own colours replace the page's, what is pressed and where one is can still be told."""

from uuid import UUID

import pytest
from playwright.sync_api import Locator, expect

from tests.apps.sessions.test_live_in_browser import Enter, chromium, enter, picture, session

__all__ = ["chromium", "enter", "picture", "session"]
pytestmark = pytest.mark.browser


def drawn(one: Locator, name: str) -> str:
    colour: str = one.evaluate("(one, name) => getComputedStyle(one)[name]", name)
    return colour


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pressed_rating_and_the_current_page_stand_out_in_forced_colours(
    enter: Enter, picture: UUID, scheme: str
) -> None:
    room = enter()
    page = room.page
    page.emulate_media(forced_colors="active", color_scheme="dark" if scheme == "dark" else "light")
    room.paints(picture)
    better, worse = (page.get_by_role("button", name=name, exact=True) for name in ("Better", "Worse"))
    better.click()
    expect(better).to_have_attribute("aria-pressed", "true")
    page.mouse.move(0, 0)
    for name in ("backgroundColor", "color"):
        assert drawn(better, name) != drawn(worse, name)
    here, *elsewhere = page.get_by_role("navigation", name="Main").get_by_role("link").all()
    expect(here).to_have_attribute("aria-current", "page")
    ground = drawn(page.locator("header.bar"), "backgroundColor")
    assert {drawn(link, "borderBottomColor") for link in elsewhere} == {ground}
    assert drawn(here, "borderBottomColor") != ground
