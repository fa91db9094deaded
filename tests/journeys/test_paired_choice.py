"""After a session that its patient closed, two pictures to compare, blind: answered once, and once taken away."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from devstack.live import LiveStack, live_stack
from tests.journeys.walk import DESK, PHONE, Person, sign_in, watched

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.timeout(600)]

PICTURE_MS, PAIR_MS = 120_000, 45_000
SESSIONS = 5
"""So many are tried for a pair: of some, a safety layer refuses a picture, and then nothing is asked."""
Shoot = Callable[..., None]


@pytest.fixture(scope="module")
def asking() -> Iterator[LiveStack]:
    """A stack on which chance draws every session."""
    with live_stack(ATTUNE_PAIRED_CHOICE_SHARE="1") as running:
        yield running


def test_two_pictures_are_compared_blind_and_an_upsetting_one_takes_both_away(
    chromium: Browser, asking: LiveStack, shoot: Shoot
) -> None:
    context = chromium.new_context(base_url=asking.url, viewport=DESK, permissions=["camera"])
    context.set_default_timeout(30_000)
    page = watched(context.new_page())
    sign_in(page, Person("patient@demo.example", asking.env["ATTUNE_DEMO_PASSWORD"]))
    _agrees(page)
    _prefers_the_first(page, shoot)
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    _is_upset(page, shoot)
    counted = asking.manage("paired_choices")
    assert counted.returncode == 0, counted.stderr
    context.close()


def _prefers_the_first(page: Page, shoot: Shoot) -> None:
    """The answer is taken, and then neither picture is served again."""
    _a_pair(page)
    question = page.locator("#pair-form")
    _tells_no_arm(question.inner_html())
    shoot(page, "pair", full=True)
    addresses = [str(picture.get_attribute("src")) for picture in question.locator("img").all()]
    question.get_by_role("radio", name="The first picture").check()
    question.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert [page.request.get(address).status for address in addresses] == [410, 410]


def _is_upset(page: Page, shoot: Shoot) -> None:
    """One press takes both away, and the crisis line stands in their place."""
    _a_pair(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    shoot(page, "pair-phone", full=True)
    page.get_by_role("button", name="One of these upset me").click()
    expect(page.get_by_role("heading", name="We are sorry")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="988")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("img")).to_have_count(0)
    shoot(page, "pair-upset", full=True)


def _agrees(page: Page) -> None:
    page.goto("/session/")
    for purpose in ("camera", "images", "research"):
        page.locator(f"#consent-{purpose}").check()
    page.get_by_role("button", name="Save what I agree to").click()


def _a_pair(page: Page) -> None:
    """A session after which two pictures are compared."""
    for _ in range(SESSIONS):
        if _a_session(page):
            break
    expect(page.locator("#pair-form")).to_be_visible()
    for picture in page.locator("#pair-form img").all():
        assert picture.evaluate("image => image.naturalWidth") == 512


def _a_session(page: Page) -> bool:
    """One painted picture, a gentle close; whether the last page asks. Where it does not, none was to be had."""
    page.goto("/session/")
    page.get_by_role("button", name="Start with the camera").click()
    expect(page.locator("#live[data-image]")).to_be_attached(timeout=PICTURE_MS)
    page.get_by_role("button", name="End gently").click()
    page.locator("#end-distress").fill("35")
    page.locator("#feedback [name=satisfaction][value='4']").check()
    page.get_by_role("button", name="Send and close").click()
    expect(page.locator("#ended")).to_be_visible()
    place = str(page.locator("#pair").get_attribute("data-url"))
    deadline = time.monotonic() + PAIR_MS / 1000
    while (status := page.request.get(f"{place}?part").status) == 204 and time.monotonic() < deadline:
        page.wait_for_timeout(500)
    assert status in (200, 404), "the pair neither came nor was withheld"
    if status == 200:
        expect(page.locator("#pair-form")).to_be_visible(timeout=PAIR_MS)
    return status == 200


def _tells_no_arm(html: str) -> None:
    """Nothing that a curious patient could read in the page's source says which picture is whose."""
    assert not re.search(r"engine|generic|\barm\b|template|seed", html, re.IGNORECASE)
