"""The session's page says only what the patient said, and what it says to them stays heard."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.apps.imagery.showing import Showing
from tests.apps.portal.room import Room
from tests.apps.sessions.test_live_in_browser import Enter, chromium, enter, picture, session, wait

__all__ = ["chromium", "enter", "picture", "session"]
pytestmark = pytest.mark.browser


def of_kind(room: Room, kind: str, count: int = 1) -> dict[str, Any]:
    """The content of the latest message of this kind, once there are so many."""
    wait(room.page, lambda: room.kinds().count(kind) == count, f"{count} of {kind}")
    said = [message for message in room.said if message["type"] == kind][-1]
    return {name: value for name, value in said.items() if name not in ("type", "id")}


def tells(page: Page) -> None:
    page.get_by_role("button", name="Tell", exact=True).click()


def test_a_slider_that_nobody_moved_says_nothing_of_a_mood(enter: Enter) -> None:
    room = enter()
    page, asked = room.page, room.page.locator("#mood-said")
    for name in ("valence", "distress"):
        expect(page.locator(f"#{name}-value")).to_have_text("–")
    tells(page)
    expect(asked).to_contain_text("Nothing was told yet")
    expect(page.locator("#valence")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.get_by_text("Distress, 0 to 100 (if you wish)").click()
    expect(page.locator("#distress-value")).to_have_text("–")
    page.locator("#distress").fill("80")
    tells(page)
    expect(asked).to_be_visible()
    page.wait_for_timeout(300)
    assert "mood" not in room.kinds()
    page.reload()
    expect(page.locator("#live")).to_have_attribute("data-state", "open")
    page.locator("#valence").fill("-3")
    tells(page)
    assert of_kind(room, "mood") == {"valence": -3}


def test_the_middle_is_said_by_the_space_bar_or_a_press_on_it(enter: Enter) -> None:
    room = enter()
    page, distress = room.page, room.page.locator("#distress")
    page.locator("#valence").press(" ")
    expect(page.locator("#valence-value")).to_have_text("0")
    distress.click()
    expect(page.locator("#distress-value")).to_have_text("50")
    assert distress.get_attribute("aria-valuetext") is None
    tells(page)
    assert of_kind(room, "mood") == {"valence": 0, "distress": 50}


def test_a_mood_that_was_told_is_not_said_again_with_the_next_one(enter: Enter) -> None:
    room = enter()
    page = room.page
    room.answers["mood"] = "try_again"
    page.locator("#valence").fill("-2")
    page.locator("#distress").fill("90")
    tells(page)
    of_kind(room, "mood")
    expect(page.locator("#notice")).to_have_text("not just now")
    expect(page.locator("#distress-value")).to_have_text("90")
    room.answers["mood"] = ""
    tells(page)
    of_kind(room, "mood", 2)
    page.locator("#valence").fill("1")  # before the answer has come
    room.send(type="done", id=room.said[-1]["id"])
    expect(page.locator("#distress-value")).to_have_text("–")
    expect(page.locator("#valence-value")).to_have_text("1")
    tells(page)
    assert of_kind(room, "mood", 3) == {"valence": 1}


def test_the_closing_form_asks_for_a_distress_that_was_not_said(enter: Enter) -> None:
    room = enter()
    page = room.page
    page.locator("#end").click()
    page.locator("[name=satisfaction][value='2']").check()
    page.get_by_role("button", name="Send and close").click()
    expect(page.locator("#end-said")).to_contain_text("how strong your distress is now")
    expect(page.locator("#end-distress")).to_be_focused()
    page.wait_for_timeout(300)
    assert not {"feedback", "end"} & set(room.kinds())
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Send and close").click()
    assert of_kind(room, "feedback") == {"distress": 55, "satisfaction": 2}
    of_kind(room, "end")


def test_whom_to_call_stays_whatever_is_pressed_and_after_the_end(enter: Enter) -> None:
    room = enter()
    page, help_now = room.page, room.page.locator("#help-now")
    room.send(type="notice", code="help_now", detail="Help is near.")
    expect(help_now).to_contain_text("Help is near.")
    page.locator("#pause").click()
    expect(page.locator("#pause")).to_have_text("Go on")
    expect(help_now).to_contain_text("Help is near.")
    room.send(type="closed", reason="ended")
    expect(page.locator("#ended")).to_be_visible()
    expect(help_now).to_contain_text("Help is near.")
    assert (help_now.get_by_role("link").get_attribute("href") or "").startswith("tel:")


def test_nothing_to_say_takes_no_notice_away_that_is_to_stay(enter: Enter) -> None:
    room = enter()
    page, notice = room.page, room.page.locator("#notice")
    room.send(type="notice", code="another_face", detail="Somebody else.")
    expect(notice).to_contain_text("A different face")
    page.locator("#end").click()
    page.get_by_role("button", name="Close without").click()
    of_kind(room, "end")
    page.wait_for_timeout(300)
    expect(notice).to_contain_text("A different face")


IN_VIEW = """(one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && box.top >= 0 && box.bottom <= innerHeight;
}"""


@pytest.mark.parametrize("size", [(360, 780), (1000, 600)])
def test_what_is_said_is_in_the_window_wherever_one_is_on_the_page(
    enter: Enter, picture: UUID, size: tuple[int, int]
) -> None:
    room = enter()
    page, notice = room.page, room.page.locator("#notice")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    room.paints(picture)
    expect(page.locator("#rate")).to_be_visible()
    page.locator("#pause").click()
    expect(notice).to_contain_text("paused")
    assert notice.evaluate(IN_VIEW)
    page.locator("#pause").click()
    room.send(type="notice", code="another_face", detail="Somebody else.")
    expect(notice).to_contain_text("A different face")
    assert page.locator("#its-me").evaluate(IN_VIEW)
    if size[0] == 360:  # else the column of what is told stands beside it
        page.locator("#valence").fill("-2")
        tells(page)
        expect(notice).to_contain_text("Thank you")
        assert notice.evaluate(IN_VIEW)


def test_what_was_refused_stays_to_be_read(enter: Enter) -> None:
    room = enter()
    page, notice = room.page, room.page.locator("#notice")
    page.clock.install()
    room.answers["pause"] = "try_again"
    page.locator("#pause").click()
    expect(notice).to_have_text("not just now")
    page.clock.run_for(9000)
    expect(notice).to_be_visible()
    del room.answers["pause"]
    page.locator("#pause").click()
    expect(notice).to_contain_text("paused")
    page.clock.run_for(9000)
    expect(notice).to_be_hidden()


def test_a_rating_that_comes_late_is_not_shown_as_the_next_pictures(
    enter: Enter, picture: UUID, session: Showing, seal_now: Callable[[], None]
) -> None:
    later = session.show(alt="A path in the morning")
    seal_now()
    room = enter()
    page, better = room.page, room.page.get_by_role("button", name="Better", exact=True)
    room.answers["reaction"] = ""
    room.paints(picture)
    better.click()
    assert of_kind(room, "reaction") == {"image_id": str(picture), "rating": 1}
    late = room.said[-1]["id"]
    room.paints(later, alt="A path in the morning")
    expect(page.locator("#live")).to_have_attribute("data-image", str(later))
    room.send(type="done", id=late)
    expect(page.locator("#notice")).to_contain_text("Thank you")
    expect(page.locator("#rate [aria-pressed=true]")).to_have_count(0)
    del room.answers["reaction"]
    better.click()
    expect(better).to_have_attribute("aria-pressed", "true")


def test_a_pause_and_going_on_are_said_aloud(enter: Enter) -> None:
    room = enter()
    page, said = room.page, room.page.locator("#notice")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(said).to_have_text("paused · nothing is sent")
    resume = page.get_by_role("button", name="Go on", exact=True)
    assert resume.get_attribute("aria-pressed") is None
    resume.click()
    expect(said).to_have_text("The session goes on.")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_focused()


def test_a_button_that_goes_once_it_is_pressed_leaves_its_place_to_one_that_stays(enter: Enter, picture: UUID) -> None:
    room = enter()
    page, broken = room.page, f"**/images/{picture}/"
    room.send(type="notice", code="another_face", detail="Somebody else.")
    page.get_by_role("button", name="It is me").click()
    expect(page.locator("#its-me")).to_be_hidden()
    expect(page.locator("#pause")).to_be_focused()
    page.route(broken, lambda route: route.abort())
    room.paints(picture)
    again = page.get_by_role("button", name="Load it again")
    expect(again).to_be_visible()
    page.unroute(broken)
    page.route(broken, lambda route: route.fulfill(status=404))
    again.click()
    expect(page.locator("#notice")).to_contain_text("no longer shown")
    expect(page.locator("#more")).to_be_focused()


def test_a_picture_that_never_came_and_is_taken_away_is_not_offered_again(enter: Enter, picture: UUID) -> None:
    room = enter()
    room.page.route(f"**/images/{picture}/", lambda route: route.abort())
    room.paints(picture)
    again = room.page.get_by_role("button", name="Load it again")
    again.focus()
    room.send(type="notice", code="image_withdrawn", image_id=str(picture), detail="It is no longer shown.")
    expect(again).to_be_hidden()
    expect(room.page.locator("#more")).to_be_focused()
