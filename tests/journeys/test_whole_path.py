"""From sign-in to the access log, in a real browser on the real stack, as three people would walk it."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from devstack.live import LiveStack
from tests.journeys.walk import DESK, PHONE, Person, answer_phq9, sign_in, sign_out, watched

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.timeout(420)]

WHO = ("patient", "provider", "admin")
PICTURE_WITHIN_MS = 120_000  # the first picture also waits for the worker to load its models
Shoot = Callable[..., None]


@pytest.fixture
def window(chromium: Browser, stack: LiveStack) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=stack.url, viewport=DESK, permissions=["camera"])
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture
def page(window: BrowserContext) -> Page:
    return watched(window.new_page())


def test_a_session_reaches_the_chart_and_each_access_the_log(page: Page, stack: LiveStack, shoot: Shoot) -> None:
    password = stack.env["ATTUNE_DEMO_PASSWORD"]
    patient, provider, administrator = (Person(f"{who}@demo.example", password) for who in WHO)
    sign_in(page, patient)
    _agree(page, shoot)
    answer_phq9(page, [1, 2, 1, 1, 0, 1, 1, 0, 1], shoot)
    _one_session(page, shoot)
    _album(page, shoot)
    sign_out(page)

    sign_in(page, provider)
    patient_id = _caseload_and_chart(page, shoot)
    _pictures(page, shoot)
    sign_out(page)

    sign_in(page, administrator)
    _access_log(page, patient_id, shoot)


def _agree(page: Page, shoot: Shoot) -> None:
    page.goto("/session/")
    for end in ("banner", "contentinfo"):
        expect(page.get_by_role(end).get_by_role("link", name=re.compile("988"))).to_be_visible()
    for purpose in ("camera", "images"):
        page.locator(f"#consent-{purpose}").check()
    page.get_by_role("button", name="Save what I agree to").click()
    page.get_by_role("button", name="Check my camera").click()
    expect(page.locator("#camera-status")).to_have_attribute("data-verdict", re.compile("good|dark|bright"))
    shoot(page, "prepare", full=True)


def _one_session(page: Page, shoot: Shoot) -> None:
    page.goto("/session/")
    page.get_by_role("button", name="Start with the camera").click()
    expect(page.locator("#live")).to_have_attribute("data-state", "open")
    expect(page.locator("#bars dt").first).to_be_visible()
    expect(page.locator("#live[data-image]")).to_be_attached(timeout=PICTURE_WITHIN_MS)
    picture = page.locator("#frame img").last
    assert len(picture.get_attribute("alt") or "") > 10
    assert picture.evaluate("image => image.naturalWidth") >= 256
    page.wait_for_timeout(1500)
    page.locator("#why summary").click()
    expect(page.locator("#why-text")).not_to_be_empty()
    shoot(page, "session")
    _on_a_phone_in_the_dark(page, shoot)
    page.get_by_role("button", name="Better", exact=True).click()
    expect(page.locator("#rate [data-rating='1']")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Save to my album").click()
    expect(page.locator("#kept")).to_be_visible()
    page.get_by_role("button", name="That's not how I feel").click()
    page.locator("#correct-dialog [data-emotion='sadness']").click()
    expect(page.locator("#notice")).to_contain_text("Thank you for correcting us")
    page.get_by_role("button", name="End gently").click()
    page.locator("#end-distress").fill("35")
    page.locator("#feedback [name=satisfaction][value='4']").check()
    page.get_by_role("button", name="Send and close").click()
    expect(page.locator("#ended")).to_be_visible()


def _on_a_phone_in_the_dark(page: Page, shoot: Shoot) -> None:
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    _assert_nothing_is_cut_off(page)
    shoot(page, "session-phone", full=True)
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")


def _assert_nothing_is_cut_off(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def _caseload_and_chart(page: Page, shoot: Shoot) -> str:
    """Gives the patient's id, as the chart's address has it."""
    page.goto("/caseload/")
    expect(page.get_by_role("heading", name="Caseload")).to_be_visible()
    shoot(page, "caseload")
    expect(page.locator("main")).to_contain_text("Item 9")
    page.get_by_role("link", name="Demo Patient (demonstration)", exact=True).click()
    expect(page.locator("main")).to_contain_text("PHQ-9")
    pictures = page.locator("main img")
    expect(pictures.first).to_be_visible()
    assert pictures.first.get_attribute("alt")
    expect(page.locator("main")).to_contain_text("better · ")
    shoot(page, "chart", full=True)
    return page.url.rstrip("/").rpartition("/")[2]


def _album(page: Page, shoot: Shoot) -> None:
    page.locator("#ended").get_by_role("link", name="My album").click()
    expect(page.locator(".album img")).to_have_count(1)
    _assert_nothing_is_cut_off(page)
    shoot(page, "album", full=True)


def _pictures(page: Page, shoot: Shoot) -> None:
    page.get_by_role("link", name="All pictures").click()
    expect(page.locator(".pictures img").first).to_be_visible()
    shoot(page, "pictures", full=True)


def _access_log(page: Page, patient_id: str, shoot: Shoot) -> None:
    page.goto("/audit/")
    log = page.locator("main")
    expect(log).to_contain_text(patient_id[:8])
    expect(log).to_contain_text(re.compile("provider", re.IGNORECASE))
    shoot(page, "audit")
