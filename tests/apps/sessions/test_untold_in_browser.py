"""A press of "This upset me" that the server has not heard of: on a shared device, and on pages without a session."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from apps.accounts.models import User
from apps.patients import commands as patients
from apps.sessions import commands as sessions
from tests.apps.assessments.test_form_in_browser import chromium, serving
from tests.apps.imagery.showing import Showing, showing
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
