"""Somebody else sits down before the patient's camera: the page says so, nothing is read, and one press goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from devstack.live import LiveStack
from tests.journeys.camera import write_swap
from tests.journeys.conftest import seeing
from tests.journeys.walk import DESK, Person, sign_in

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.timeout(240)]

SAID_WITHIN_MS = 60_000  # ten seconds of the patient, the time to begin, and five looks


def test_another_face_is_said_and_read_again_when_the_patient_says_it_is_theirs(
    stack: LiveStack, tmp_path: Path, shoot: Callable[..., None]
) -> None:
    clip = write_swap(tmp_path / "swap.mjpeg", own_s=12, other_s=48)
    with seeing(clip) as browser:
        context = browser.new_context(base_url=stack.url, viewport=DESK, permissions=["camera"])
        context.set_default_timeout(30_000)
        page = context.new_page()
        sign_in(page, Person("patient@demo.example", stack.env["ATTUNE_DEMO_PASSWORD"]))
        _begin(page)
        expect(page.locator("#its-me")).to_be_visible(timeout=SAID_WITHIN_MS)
        expect(page.locator("#notice")).to_contain_text("A different face seems to be in view")
        expect(page.locator("#reading")).to_have_text("another face · not read")
        expect(page.locator("#bars")).to_have_class("bars old")  # what was read before is not shown as if it were now
        shoot(page, "another-face")
        page.locator("#its-me").click()
        expect(page.locator("#its-me")).to_be_hidden()
        expect(page.locator("#reading")).to_have_text("reading · never stored")
        page.get_by_role("button", name="End gently").click()
        context.close()


def _begin(page: Page) -> None:
    page.goto("/session/")
    for purpose in ("camera", "images"):
        page.locator(f"#consent-{purpose}").check()
    page.get_by_role("button", name="Save what I agree to").click()
    expect(page.get_by_role("button", name="Start with the camera")).to_be_visible()  # offered once it is agreed to
    page.get_by_role("button", name="Start with the camera").click()
    expect(page.locator("#live")).to_have_attribute("data-state", "open")
