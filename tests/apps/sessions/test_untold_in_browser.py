"""A press of "This upset me" that the server has not heard of: on a shared device, and on pages without a session."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, Route, WebSocketRoute, expect

from access.door import Right
from apps.accounts.models import User
from apps.imagery import keeping
from apps.imagery.events import CATEGORY, ImageWithdrawn
from apps.patients import commands as patients
from apps.sessions import commands as sessions
from apps.sessions.answering import answer
from apps.sessions.protocol import parse_message
from apps.sessions.socket import SocketContext
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.assessments.test_form_in_browser import chromium, serving
from tests.apps.imagery.showing import SCENE, Showing, showing
from tests.apps.portal.room import Room
from tests.apps.practice import Practice
from tests.apps.sessions.test_live_in_browser import wait

__all__ = ["chromium"]
pytestmark = pytest.mark.browser

KEPT = "Object.keys(sessionStorage).filter((key) => key.startsWith('attune.upset.'))"
A_WHILE_MS = 800


@dataclass
class Device:
    """One window, in which one patient signs in after the other; the sockets' far end knows whose each session is."""

    page: Page
    context: BrowserContext
    base: str
    practice: Practice
    owners: dict[str, User]
    rooms: dict[str, Room] = field(default_factory=dict)
    who: User | None = None
    refused: list[str] = field(default_factory=list)

    def sign_in(self, who: User) -> None:
        self.who = who
        cookies = self.practice.browser(who).cookies
        self.context.add_cookies(
            [{"name": name, "value": one.value, "url": self.base} for name, one in cookies.items()]
        )

    def sign_out(self) -> None:
        self.page.get_by_role("button", name="Sign out").click()
        expect(self.page.get_by_role("button", name="Sign out")).to_have_count(0)
        self.context.clear_cookies()

    def listen(self, far: WebSocketRoute) -> None:
        session = far.url.split("/ws/sessions/")[1].split("/")[0]
        if self.owners.get(session) != self.who:
            self.refused.append(session)
            far.close(code=4403)
            return
        self.room(session).listen(far)

    def room(self, session: object) -> Room:
        return self.rooms.setdefault(str(session), Room(self.page, self.base))

    def enters(self, session: Showing) -> Room:
        self.page.goto(f"/session/{session.session_id}/")
        expect(self.page.locator("#live")).to_have_attribute("data-state", "open")
        return self.room(session.session_id)

    def presses_upset(self, session: Showing, picture: UUID) -> None:
        """With an answer that never comes."""
        room = self.enters(session)
        room.paints(picture)
        expect(self.page.locator("#frame img")).to_have_count(1)
        room.answers["upset"] = ""
        self.page.locator("#upset").click()
        wait(self.page, lambda: "upset" in room.kinds(), "the press")

    def kept(self) -> list[str]:
        return list(self.page.evaluate(KEPT))


def opened(who: User) -> Showing:
    patients.give_consent(who.id, purpose="images", actor=who.actor, command_id=uuid4())
    made = showing(who.id, who.actor)
    sessions.open_session(
        made.session_id, patient_id=who.id, camera=False, consents=("images",), at=timezone.now(), actor=who.actor,
        command_id=uuid4(),
    )  # fmt: skip
    return made


@pytest.fixture
def own(practice: Practice) -> Showing:
    return opened(practice.patient)


@pytest.fixture
def theirs(practice: Practice) -> Showing:
    return opened(practice.other)


@pytest.fixture
def picture(own: Showing, seal_now: Callable[[], None]) -> UUID:
    made = own.show()
    seal_now()
    return made


@pytest.fixture
def device(chromium: Browser, practice: Practice, own: Showing, theirs: Showing) -> Iterator[Device]:
    owners = {str(own.session_id): practice.patient, str(theirs.session_id): practice.other}
    with serving() as base:
        context = chromium.new_context(base_url=base)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        made = Device(page, context, base, practice, owners)
        page.route_web_socket(re.compile("/ws/sessions/"), made.listen)
        made.sign_in(practice.patient)
        yield made
        context.close()


def told(room: Room) -> list[dict[str, Any]]:
    return [message for message in room.said if message["type"] == "upset"]


def test_what_one_patient_could_not_tell_is_neither_told_to_the_next_one_nor_lost(
    device: Device, practice: Practice, own: Showing, theirs: Showing, picture: UUID
) -> None:
    device.presses_upset(own, picture)
    before = device.kept()
    assert before == [f"attune.upset.{practice.patient.id}.{own.session_id}"]
    device.sign_out()
    device.sign_in(practice.other)
    device.enters(theirs)
    device.page.wait_for_timeout(A_WHILE_MS)
    for said in ("#notice", "#ended-said"):
        expect(device.page.locator(said)).to_be_hidden()
    assert "upset you" not in device.page.locator("main").inner_text()
    assert (device.refused, device.kept()) == ([], before)
    device.sign_out()
    device.sign_in(practice.patient)
    room = device.room(own.session_id)
    said_first, room.answers = told(room)[0], {}
    room.said.clear()
    device.enters(own)
    wait(device.page, lambda: told(room) == [said_first], "the same word again")
    wait(device.page, lambda: device.kept() == [], "its answer")


def test_of_a_session_that_is_no_more_nothing_is_said_or_kept_unless_somebody_else_is_signed_in_now(
    device: Device, practice: Practice, own: Showing
) -> None:
    gone, press = uuid4(), json.dumps([{"type": "upset", "id": str(uuid4()), "image_id": str(uuid4())}])
    device.page.goto("/me/")
    key = f"attune.upset.{practice.patient.id}.{gone}"
    device.page.evaluate("([key, press]) => sessionStorage.setItem(key, press)", [key, press])
    answer = json.dumps({"account": str(practice.other.id), "token": "theirs"})
    asks = device.page.locator("#reader").get_attribute("data-asks")
    device.page.route(f"**{asks}", lambda route: route.fulfill(body=answer, content_type="application/json"))
    device.enters(own)
    wait(device.page, lambda: device.refused == [str(gone)], "the refusal")
    device.page.wait_for_timeout(A_WHILE_MS)
    assert device.kept() == [key]
    device.page.unroute_all()
    device.enters(own)
    wait(device.page, lambda: device.kept() == [], "the end of it")
    expect(device.page.locator("#notice")).to_be_hidden()


class Hearing(Room):
    """Answers a press as the server does, with the server's own code."""

    def __init__(self, page: Page, base: str, who: User, session_id: UUID) -> None:
        super().__init__(page, base)
        self.context = SocketContext(who.actor, session_id, who.id)

    def _answer(self, text: str | bytes) -> None:
        message = json.loads(text)
        if message["type"] == "upset" and "upset" not in self.answers:
            answer(self.context, parse_message(str(text)))
            connections.close_all()  # the one of Playwright's own context
        super()._answer(text)


SEEN = """
  window.painted = [];
  const look = () => {
    window.painted.push(...[...document.querySelectorAll(".album img")].map((one) => one.getAttribute("src")));
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
"""
"""Every picture of the album that stood there when the window was painted."""


@pytest.fixture
def other(practice: Practice, own: Showing, picture: UUID, seal_now: Callable[[], None]) -> UUID:
    """Kept beside the picture, and of another kind."""
    made = own.show(**SCENE)
    seal_now()
    for one in (picture, made):
        keeping.keep(practice.own(Right.SET_PREFERENCES), one, command_id=uuid4())
    seal_now()
    return made


def presses_without_a_network(device: Device, own: Showing, picture: UUID) -> Hearing:
    """On what is then the session's page, with the network back in the end; nothing was answered."""
    room = Hearing(device.page, device.base, device.practice.patient, own.session_id)
    device.rooms[str(own.session_id)] = room
    device.enters(own)
    room.paints(picture)
    expect(device.page.locator("#frame img")).to_have_count(1)
    room.answers["upset"] = ""
    device.context.set_offline(True)
    device.page.locator("#upset").click()
    expect(device.page.locator("#notice")).to_contain_text("could not be told yet", timeout=1000)
    expect(device.page.locator("#frame img")).to_have_count(0)
    device.context.set_offline(False)
    return room


def test_what_was_pressed_without_a_network_is_told_by_the_album_and_gone_from_it(
    device: Device, own: Showing, picture: UUID, other: UUID
) -> None:
    room = presses_without_a_network(device, own, picture)
    assert withdrawn(own) == []
    del room.answers["upset"]
    device.page.goto("/album/")
    expect(device.page.locator("#withheld")).to_contain_text("We are sorry")
    assert withdrawn(own) == [picture]
    assert device.kept() == []
    device.page.reload()
    expect(device.page.locator(".album img")).to_have_attribute("src", f"/images/{other}/")
    expect(device.page.locator("#withheld")).to_be_hidden()


def test_the_album_never_paints_what_was_not_told_yet_and_says_so(
    device: Device, own: Showing, picture: UUID, other: UUID
) -> None:
    page = device.page
    presses_without_a_network(device, own, picture)
    page.add_init_script(SEEN)
    page.route("**/withheld.js", comes_late)
    page.goto("/album/")
    expect(page.locator("#withheld")).to_contain_text("could not be told yet")
    page.wait_for_timeout(A_WHILE_MS)
    assert set(page.evaluate("painted")) == {f"/images/{other}/"}
    page.goto("/me/")
    page.go_back()  # whether it was kept as it stood or is loaded anew
    expect(page.locator(".album img")).to_have_attribute("src", f"/images/{other}/")
    assert withdrawn(own) == []


def comes_late(route: Route) -> None:
    time.sleep(0.5)
    route.continue_()


def withdrawn(session: Showing) -> list[UUID]:
    stream = store.read(StreamName(CATEGORY, session.session_id))
    return [one.event.image_id for one in stream if isinstance(one.event, ImageWithdrawn)]


@pytest.mark.parametrize("how", ["the line is known to be down", "nothing answers"])
def test_a_press_says_at_once_that_it_was_not_told(device: Device, own: Showing, picture: UUID, how: str) -> None:
    page, room = device.page, device.enters(own)
    room.paints(picture)
    expect(page.locator("#frame img")).to_have_count(1)
    room.answers["upset"] = ""
    if how == "the line is known to be down":
        room.loses_the_line()
        expect(page.locator("#live")).to_have_attribute("data-state", "reconnecting")
    page.locator("#upset").click()
    expect(page.locator("#notice")).to_contain_text("could not be told yet")
