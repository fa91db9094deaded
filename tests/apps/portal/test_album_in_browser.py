"""A session's picture in a real browser, the socket's messages played to it: kept, lost, taken away, in the album."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Route, ViewportSize, expect

from access.door import Right
from apps.imagery import keeping, selectors
from apps.imagery.keeping_events import ALBUM
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.imagery.showing import SCENE, Showing
from tests.apps.portal.room import Room
from tests.apps.practice import Practice

pytestmark = pytest.mark.browser
Seal = Callable[[], None]
PHONE: ViewportSize = {"width": 320, "height": 700}


def test_a_picture_is_saved_says_so_and_stands_in_the_album(
    practice: Practice, session: Showing, seal_now: Seal, room: Room
) -> None:
    painted, scene = session.show(), session.show(**SCENE)
    seal_now()
    page = room.page
    room.paints(painted)
    expect(page.locator("#technique")).to_have_text("Mindfulness · preview model")
    expect(page.locator("#arrived")).to_have_text("A new picture: A quiet lake at dawn")
    page.locator("#keep").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_have_text("Saved. You find it in your album.")
    expect(page.locator("#kept")).to_be_visible()
    room.paints(scene, **SCENE)
    expect(page.locator("#label")).to_have_text("From the vetted library")
    expect(page.locator("#kept")).to_be_hidden()
    page.locator("#why summary").click()
    expect(page.locator("#counted")).to_have_text("1 painted for you, 1 from the vetted library")
    expect(page.locator("#frame img")).to_have_count(1)


def test_a_picture_is_taken_out_of_the_album_and_put_back(
    practice: Practice, session: Showing, seal_now: Seal, room: Room
) -> None:
    image_id, page = session.show(), room.page
    seal_now()
    keeping.keep(practice.own(Right.SET_PREFERENCES), image_id, command_id=uuid4())
    seal_now()
    page.goto(f"{room.base}/album/")
    expect(page.locator(".album img")).to_have_attribute("alt", "A quiet lake at dawn")
    page.get_by_role("button", name="Take it out").click()
    seal_now()
    page.reload()
    expect(page.get_by_role("heading", name="Nothing kept yet")).to_be_visible()
    page.get_by_role("button", name="Put it back").click()
    seal_now()
    assert [one.image.image_id for one in selectors.album(practice.own(Right.VIEW_OWN))] == [image_id]


def test_what_was_kept_before_is_said_when_the_page_is_opened_again(
    practice: Practice, session: Showing, seal_now: Seal, room: Room
) -> None:
    image_id = session.show()
    seal_now()
    keeping.keep(practice.own(Right.SET_PREFERENCES), image_id, command_id=uuid4())
    seal_now()
    room.paints(image_id)
    expect(room.page.locator("#kept")).to_be_visible()
    room.page.get_by_role("button", name="Take out of my album").click()
    expect(room.page.locator("#kept")).to_be_hidden()
    assert store.version_of(StreamName(ALBUM, practice.patient.id)) == 2


def test_a_file_that_does_not_come_is_described_and_can_be_loaded_again(
    session: Showing, seal_now: Seal, room: Room
) -> None:
    image_id = session.show()
    seal_now()
    page, broken = room.page, re.compile(f"/images/{image_id}/")
    page.route(broken, lambda route: route.abort())
    room.paints(image_id)
    expect(page.locator("#lost")).to_contain_text("It shows: A quiet lake at dawn")
    expect(page.locator("#rate")).to_be_hidden()
    page.unroute(broken)
    page.get_by_role("button", name="Load it again").click()
    expect(page.locator("#frame img")).to_be_visible()
    expect(page.locator("#lost")).to_be_hidden()
    expect(page.get_by_role("button", name="Another one")).to_be_focused()


def test_saving_is_sent_again_under_one_key_until_it_is_answered(
    practice: Practice, session: Showing, seal_now: Seal, room: Room
) -> None:
    image_id = session.show()
    seal_now()
    keys: list[str | None] = []

    def fail_once(route: Route) -> None:
        keys.append(route.request.headers.get("idempotency-key"))
        if len(keys) == 1:
            route.fetch()  # it was written, but the answer is lost
            route.abort()
        else:
            route.continue_()

    room.page.route(re.compile(f"/api/v1/album/{image_id}/"), fail_once)
    room.paints(image_id)
    room.page.get_by_role("button", name="Save to my album").click()
    expect(room.page.locator("#kept")).to_be_visible()
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert store.version_of(StreamName(ALBUM, practice.patient.id)) == 1


def test_a_picture_that_upset_goes_at_once_and_is_not_shown_when_told_of_again(
    session: Showing, seal_now: Seal, room: Room
) -> None:
    image_id = session.show()
    seal_now()
    page = room.page
    room.paints(image_id)
    page.get_by_role("button", name="This upset me").click()
    expect(page.locator("#frame img")).to_have_count(0)
    expect(page.locator("#keep")).to_be_hidden()
    expect(page.get_by_role("button", name="Another one")).to_be_focused()
    room.paints(image_id)
    room.send(type="notice", code="image_withdrawn", image_id=str(image_id), detail="It was taken away.")
    expect(page.locator("#notice")).to_have_text("It was taken away.")
    expect(page.locator("#frame img")).to_have_count(0)
    assert [kind for kind in room.kinds() if kind != "ack"] == ["upset"]


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_new_picture_comes_softly_over_the_old_one_or_at_once_where_motion_is_not_wanted(
    session: Showing, seal_now: Seal, room: Room, motion: Any
) -> None:
    first, others = session.show(), {alt: session.show(alt=alt) for alt in ("A path", "A lake", "A wood", "A field")}
    seal_now()
    page = room.page
    page.emulate_media(reduced_motion=motion)
    room.paints(first)
    expect(page.locator("#frame img")).to_have_css("opacity", "1")
    page.evaluate(WATCH)
    for alt, image_id in others.items():
        room.paints(image_id, alt=alt)
        expect(page.locator(f"#frame img[alt='{alt}']")).to_have_css("opacity", "1")
        expect(page.locator("#frame img")).to_have_count(1)
        seen = page.evaluate("window.seen")
        if softly := any(0 < one["above"] < 1 for one in seen):
            break  # a busy machine may sleep through one fading, not through all
    assert min(one["below"] for one in seen) == 1, "the ground showed through"
    assert softly is (motion == "no-preference")


WATCH = """() => {
  window.seen = [];
  const look = () => {
    const shown = [...document.querySelectorAll("#frame img")].map((image) => Number(getComputedStyle(image).opacity));
    window.seen.push({ below: Math.max(...shown), above: shown.at(-1) });
    requestAnimationFrame(look);
  };
  look();
}"""


def test_nothing_is_cut_off_on_a_narrow_phone(session: Showing, seal_now: Seal, room: Room) -> None:
    image_id = session.show()
    seal_now()
    room.page.set_viewport_size(PHONE)
    room.paints(image_id)
    room.page.get_by_role("button", name="Save to my album").click()
    expect(room.page.locator("#kept")).to_be_visible()
    seal_now()
    for address in ("", "/album/"):
        if address:
            room.page.goto(room.base + address)
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert room.page.evaluate(wide) <= 0, address
