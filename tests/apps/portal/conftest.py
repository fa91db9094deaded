"""A patient in an open session, on its page in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from apps.sessions import commands as sessions
from tests.apps.assessments.test_form_in_browser import CHROMIUM, serving
from tests.apps.imagery.showing import Showing, showing
from tests.apps.portal.room import Room
from tests.apps.practice import Practice

DESK: ViewportSize = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail("Chromium is missing: apt-get install chromium")
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps a loop in this thread
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def session(practice: Practice) -> Showing:
    made = showing(practice.patient.id, practice.patient.actor)
    sessions.open_session(
        made.session_id, patient_id=practice.patient.id, camera=False, consents=("images",), at=timezone.now(),
        actor=practice.patient.actor, command_id=uuid4(),
    )  # fmt: skip
    return made


@pytest.fixture
def room(chromium: Browser, practice: Practice, session: Showing) -> Iterator[Room]:
    cookies = practice.browser(practice.patient).cookies
    with serving() as base:
        context = chromium.new_context(viewport=DESK)
        context.add_cookies([{"name": name, "value": kept.value, "url": base} for name, kept in cookies.items()])
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        made = Room(page, base)
        page.route_web_socket(re.compile("/ws/sessions/"), made.listen)
        page.goto(f"{base}/session/{session.session_id}/")
        expect(page.locator("#live")).to_have_attribute("data-state", "open")
        yield made
        context.close()
