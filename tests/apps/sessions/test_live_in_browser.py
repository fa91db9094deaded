"""The session's page when things cross, are lost or come late: the test is the far end of its socket."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from apps.patients import commands as patients
from apps.patients import selectors as people
from apps.sessions import commands as sessions
from apps.sessions import selectors
from tests.apps.assessments.test_form_in_browser import chromium, serving
from tests.apps.imagery.showing import Showing, showing
from tests.apps.portal.room import Room
from tests.apps.practice import Practice

__all__ = ["chromium"]
pytestmark = pytest.mark.browser

Enter = Callable[..., Room]
A_WHILE_MS = 1200
"""Long enough for several frames at five a second."""
CAMERA = """
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
  const draw = canvas.getContext("2d");
  setInterval(() => { draw.fillStyle = `hsl(${performance.now() % 360} 60% 50%)`; draw.fillRect(0, 0, 320, 240); }, 50);
  const tracks = window.tracks = [];
  navigator.mediaDevices.getUserMedia = async () => {
    await window.allowed;
    const stream = canvas.captureStream(20);
    tracks.push(...stream.getTracks());
    return stream;
  };
"""
"""A camera that a canvas stands in for; `window.allowed`, where it is set, is what the browser's question waits for."""


@pytest.fixture
def session(practice: Practice, seal_now: Callable[[], None]) -> Showing:
    who = practice.patient
    for purpose in ("camera", "images"):
        patients.give_consent(who.id, purpose=purpose, actor=who.actor, command_id=uuid4())
    made = showing(who.id, who.actor)
    sessions.open_session(
        made.session_id, patient_id=who.id, camera=True, consents=("camera", "images"), at=timezone.now(),
        actor=who.actor, command_id=uuid4(),
    )  # fmt: skip
    seal_now()
    return made


@pytest.fixture
def picture(session: Showing, seal_now: Callable[[], None]) -> UUID:
    """One whose file the server gives."""
    made = session.show()
    seal_now()
    return made


@pytest.fixture
def enter(chromium: Browser, practice: Practice, session: Showing) -> Iterator[Enter]:
    """Opens the session's page; `script` runs before the page's own."""
    cookies = practice.browser(practice.patient).cookies
    with serving() as base:
        context = chromium.new_context(base_url=base)
        context.add_cookies([{"name": name, "value": kept.value, "url": base} for name, kept in cookies.items()])

        def entering(script: str = "", **room: object) -> Room:
            page = context.new_page()
            page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
            page.add_init_script(CAMERA + script)
            made = Room(page, base, **room)  # type: ignore[arg-type]  # its own fields
            page.route_web_socket(re.compile("/ws/sessions/"), made.listen)
            page.goto(f"/session/{session.session_id}/")
            expect(page.locator("#live")).to_have_attribute("data-state", "open")
            return made

        yield entering
        context.close()


def wait(page: Page, true: Callable[[], bool], what: str) -> None:
    """Let the page and its socket go on until it holds."""
    for _ in range(300):
        if true():
            return
        page.wait_for_timeout(50)
    pytest.fail(f"waited in vain for {what}")


def sends_nothing_more(room: Room) -> None:
    room.page.wait_for_timeout(300)  # what was on its way
    before = len(room.frames)
    room.page.wait_for_timeout(A_WHILE_MS)
    assert len(room.frames) == before


def test_a_pause_whose_answer_was_lost_is_a_pause(enter: Enter) -> None:
    room = enter()
    page, reading = room.page, room.page.locator("#reading")
    wait(page, lambda: len(room.frames) > 1, "frames")
    room.answers["pause"] = ""
    page.locator("#pause").click()
    wait(page, lambda: "pause" in room.kinds(), "the pause")
    room.phase = "paused"
    del room.answers["pause"]
    room.loses_the_line()
    wait(page, lambda: room.kinds().count("pause") == 2, "the same pause again")
    assert len({message["id"] for message in room.said if message["type"] == "pause"}) == 1
    expect(page.locator("#pause")).to_have_text("Go on")
    expect(reading).to_have_text("paused · nothing is sent")
    sends_nothing_more(room)
    expect(page.locator("#pause")).to_have_text("Go on")


def test_a_double_click_pauses_and_a_frame_that_crossed_it_says_nothing(enter: Enter) -> None:
    room = enter()
    page = room.page
    wait(page, lambda: len(room.frames) > 1, "frames")
    page.locator("#pause").dblclick()
    expect(page.locator("#pause")).to_have_text("Go on")
    room.reading(9999)
    sends_nothing_more(room)
    expect(page.locator("#reading")).to_have_text("paused · nothing is sent")
    assert set(room.kinds()) <= {"pause", "ack"}
    page.locator("#pause").click()
    expect(page.locator("#pause")).to_have_text("Pause")


def test_a_camera_that_is_no_longer_agreed_to_stays_off(
    enter: Enter, practice: Practice, session: Showing, seal_now: Callable[[], None]
) -> None:
    room = enter()
    wait(room.page, lambda: bool(room.frames), "frames")
    room.consents = ["images"]
    room.loses_the_line()
    expect(room.page.locator("#self")).to_be_hidden()
    expect(room.page.locator("#notice")).to_contain_text("The camera was not allowed")
    sends_nothing_more(room)
    assert room.page.evaluate("tracks.map((one) => one.readyState)") == ["ended"]
    who = practice.patient
    patients.withdraw_consent(who.id, purpose="camera", actor=who.actor, command_id=uuid4())
    seal_now()
    page = practice.browser(who).get(f"/session/{session.session_id}/").content.decode()
    assert 'data-camera="off"' in page


def writes(page: Page) -> None:
    page.locator("#end").click()
    page.locator("#end-distress").fill("70")
    page.locator("[name=satisfaction][value='2']").check()
    page.locator("#end-text").fill("The nights are worse than I said.")


@pytest.mark.parametrize("lost", ["not kept", "idle", "closed"])
def test_words_to_the_care_team_are_kept_until_they_are_sent(enter: Enter, lost: str) -> None:
    room = enter()
    page = room.page
    writes(page)
    wait(page, lambda: "ack" in room.kinds(), "a sign of life from whoever writes")
    if lost == "not kept":
        room.answers["feedback"] = "try_again"
    elif lost == "idle":
        room.loses_the_line(4408)
        expect(page.locator("#ended")).to_be_attached()
    else:
        room.send(type="closed", reason="ended")
        room.loses_the_line(1000)
    page.get_by_role("button", name="Send and close").click()
    expect(page.locator("#end-said")).to_contain_text("your words are still here")
    expect(page.locator("#end-text")).to_have_value("The nights are worse than I said.")
    assert "end" not in room.kinds()
    if lost == "not kept":
        del room.answers["feedback"]
        page.get_by_role("button", name="Send and close").click()
        wait(page, lambda: "end" in room.kinds(), "the end")
        assert room.kinds().count("feedback") == 2
        expect(page.locator("#end-dialog")).to_be_hidden()


def test_a_clock_that_is_behind_does_not_stop_the_cameras_time(enter: Enter) -> None:
    room = enter("const now = Date.now; Date.now = () => now() - 600000;")
    wait(room.page, lambda: len(room.frames) > 4, "frames")
    times = [int.from_bytes(frame[4:8]) for frame in room.frames]
    assert all(later > sooner for sooner, later in pairwise(times))
    room.page.wait_for_timeout(1100)
    expect(room.page.locator("#clock")).not_to_have_text("0:00")


def test_what_upset_goes_at_once_and_the_server_hears_of_it_when_it_can(enter: Enter, picture: UUID) -> None:
    room = enter()
    page = room.page
    room.paints(picture)
    expect(page.locator("#frame img")).to_have_count(1)
    room.answers["upset"] = "try_again"
    page.locator("#upset").click()
    expect(page.locator("#frame img")).to_have_count(0)
    wait(page, lambda: room.kinds().count("upset") == 1, "the first word of it")
    del room.answers["upset"]
    wait(page, lambda: room.kinds().count("upset") == 2, "the second")
    expect(page.locator("#notice")).to_contain_text("We are sorry")
    assert len({message["image_id"] for message in room.said if message["type"] == "upset"}) == 1


def presses_upset(room: Room, picture: UUID, answer: str) -> None:
    room.paints(picture)
    expect(room.page.locator("#frame img")).to_have_count(1)
    room.answers["upset"] = answer
    room.page.locator("#upset").click()
    wait(room.page, lambda: "upset" in room.kinds(), "the first word of it")


def told(room: Room) -> set[tuple[str, str]]:
    """Which command, and of which picture: one, however often it is sent."""
    return {(message["id"], message["image_id"]) for message in room.said if message["type"] == "upset"}


def test_what_upset_is_told_however_often_the_server_cannot_keep_it(enter: Enter, picture: UUID) -> None:
    room = enter()
    presses_upset(room, picture, "try_again")
    wait(room.page, lambda: room.kinds().count("upset") == 4, "the fourth word of it")
    expect(room.page.locator("#notice")).to_contain_text("could not be told yet")
    del room.answers["upset"]
    expect(room.page.locator("#notice")).to_contain_text("We are sorry", timeout=10_000)
    assert len(told(room)) == 1
    assert room.page.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize("code", [4401, 4408])
def test_what_upset_outlives_a_page_that_was_closed_and_stays_away(enter: Enter, picture: UUID, code: int) -> None:
    room = enter()
    page = room.page
    presses_upset(room, picture, "")
    room.loses_the_line(code)
    expect(page.locator("#ended-said")).to_contain_text("was not told yet")
    assert "nothing is lost" not in page.locator("#ended").inner_text()
    before = told(room)
    room.said.clear()
    del room.answers["upset"]
    page.reload()
    wait(page, lambda: told(room) == before, "the same word again")
    expect(page.locator("#notice")).to_contain_text("We are sorry")
    room.paints(picture)  # as the log says, which had not heard of it
    page.wait_for_timeout(300)
    expect(page.locator("#frame img")).to_have_count(0)
    page.reload()
    page.wait_for_timeout(300)
    assert room.kinds().count("upset") == 1


@pytest.mark.parametrize("loaded_anew", [False, True])
def test_what_upset_is_told_after_the_sessions_end(
    enter: Enter, picture: UUID, practice: Practice, session: Showing, seal_now: Callable[[], None], loaded_anew: bool
) -> None:
    room = enter()
    page = room.page
    presses_upset(room, picture, "try_again")
    end = {"reason": "patient", "at": timezone.now(), "actor": practice.patient.actor, "command_id": uuid4()}
    sessions.end_if_open(session.session_id, **end)
    seal_now()
    room.send(type="closed", reason="ended")
    room.loses_the_line(1000)
    expect(page.locator("#ended-said")).to_contain_text("could not be told yet")
    if loaded_anew:
        page.reload()
    wait(page, lambda: room.count > 0 and room.kinds().count("upset") > 2, "another word of it")
    del room.answers["upset"]
    expect(page.locator("#ended-said")).to_contain_text("We are sorry", timeout=10_000)
    assert len(told(room)) == 1


def test_a_camera_that_is_allowed_after_the_end_goes_off_at_once(enter: Enter) -> None:
    room = enter("window.allowed = new Promise((allow) => { window.allow = allow; });")
    page = room.page
    page.locator("#end").click()
    page.get_by_role("button", name="Close without").click()
    wait(page, lambda: "end" in room.kinds(), "the end")
    room.send(type="closed", reason="ended")
    expect(page.locator("#ended")).to_be_visible()
    page.evaluate("allow()")
    page.wait_for_function("() => tracks.length === 1 && tracks[0].readyState === 'ended'")
    assert room.frames == []


READINGS = """
  async ([before, count]) => {
    const script = document.querySelector("script[type=module][src*=live]");
    const { extendRibbon } = await import(new URL("./ribbon.js", script.src));
    const ribbon = document.getElementById("ribbon"), now = performance.now.bind(performance);
    let read = now(), changed = 0;
    const observer = new MutationObserver((all) => { changed += all.length; });
    observer.observe(ribbon, { subtree: true, childList: true, attributes: true });
    performance.now = () => (read += 200);
    for (let i = 0; i < before; i += 1) extendRibbon("sadness");
    for (let i = 0; i < count; i += 1) extendRibbon(i % 2 ? "fear" : "happiness");
    performance.now = now;
    await new Promise((resolve) => setTimeout(resolve));
    const drawn = [...ribbon.children].map((one) => [one.dataset.emotion, one.getBoundingClientRect()]);
    const whole = ribbon.getBoundingClientRect(), [last, box] = drawn.at(-1);
    const widest = Math.max(...drawn.map(([, { width }]) => width)) / whole.width;
    const wide = box.width * 280 / whole.width, end = box.right - whole.right;
    return { drawn: drawn.length, last, first: drawn[0][0], widest, wide, end, changed };
  }
"""
"""Draws as many readings of one feeling, then of two in turn, each 200 ms after the one before."""


def test_the_ribbon_of_a_long_session_stays_small_and_shows_the_last_reading(enter: Enter) -> None:
    room = enter(reads=False)
    found = room.page.evaluate(READINGS, [5000, 5000])
    assert found["drawn"] <= 280
    assert (found["first"], found["last"]) == ("sadness", "fear")
    assert found["widest"] == pytest.approx(0.5, abs=0.02)
    assert found["wide"] == pytest.approx(1, abs=0.1)
    assert found["end"] == pytest.approx(0, abs=0.5)
    assert found["changed"] < 10_000 * 10  # a few attributes a reading, however many stretches stand
    assert room.page.locator("#ribbon-words").inner_text() == "Sadness"


def test_frames_do_not_pile_up_where_none_is_answered(enter: Enter) -> None:
    room = enter(reads=False)
    wait(room.page, lambda: len(room.frames) == 2, "two frames")
    room.page.wait_for_timeout(4000)
    assert len(room.frames) == 2


def test_what_is_painted_for_nobody_shows_no_progress_over_the_picture(enter: Enter, picture: UUID) -> None:
    room = enter()
    page, request = room.page, str(uuid4())
    room.send(type="composing", technique="mindfulness", step=1, steps=12, request_id=request)
    expect(page.locator("#progress")).to_be_visible()
    room.paints(picture, fallback="late", request_id=request)
    expect(page.locator("#frame img")).to_have_count(1)
    room.send(type="composing", technique="mindfulness", step=9, steps=12, request_id=request)
    page.wait_for_timeout(200)
    expect(page.locator("#progress")).to_be_hidden()
    room.send(type="composing", technique="mindfulness", step=1, steps=12, request_id=str(uuid4()))
    expect(page.locator("#progress")).to_be_visible()


def test_what_was_said_before_the_page_was_loaded_is_not_said_again(enter: Enter) -> None:
    room = enter()
    said, taken = room.page.locator("#notice"), UUID(int=7)
    room.send(type="notice", code="image_withdrawn", detail="taken away", image_id=str(taken), replayed=True)
    room.page.wait_for_timeout(200)
    expect(said).to_be_hidden()
    room.send(type="notice", code="help_now", detail="Help is near.", replayed=True)
    expect(room.page.locator("#help-now")).to_contain_text("Help is near.")
    room.loses_the_line()
    wait(room.page, lambda: room.page.locator("#live").get_attribute("data-state") == "open", "the line")
    room.send(type="notice", code="image_withdrawn", detail="taken away", image_id=str(taken), replayed=True)
    expect(said).to_contain_text("taken away")


def test_start_counts_what_is_ticked_and_begins_one_session_however_often_it_is_pressed(
    chromium: Browser, practice: Practice, seal_now: Callable[[], None]
) -> None:
    who, client = practice.patient, practice.browser(practice.patient)
    patients.give_consent(who.id, purpose="images", actor=who.actor, command_id=uuid4())
    seal_now()
    with serving() as base:
        context = chromium.new_context(base_url=base)
        context.add_cookies([{"name": name, "value": kept.value, "url": base} for name, kept in client.cookies.items()])
        page = context.new_page()
        page.goto("/session/")
        page.locator("#consent-images").uncheck()
        page.locator("#consent-research").check()
        key = page.locator("[name=key]").get_attribute("value")
        page.get_by_role("button", name="Start without the camera").click()
        page.wait_for_url(re.compile(r"/session/[0-9a-f-]{36}/"))
        opened = page.url.removeprefix(base)
        context.close()
    seal_now()
    assert people.consents(who.id) == frozenset({"research"})
    assert client.post("/session/start/", {"camera": "off", "key": key}).headers["Location"] == opened
    seal_now()
    assert [str(one.id) for one in selectors.recent_sessions(practice.chart())] == [opened.split("/")[2]]
    session_id = UUID(opened.split("/")[2])
    sessions.end_if_open(session_id, reason="patient", at=timezone.now(), actor=who.actor, command_id=uuid4())
    assert client.post("/session/start/", {"camera": "off", "key": key}).headers["Location"] != opened
