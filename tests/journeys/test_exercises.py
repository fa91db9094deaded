"""A thought looked at on two devices; a ladder written, agreed to, stopped and left in calm; the clinician sees it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from devstack.live import LiveStack
from tests.journeys.walk import DESK, PHONE, Person, sign_in, window

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.timeout(240)]

SAVED_MS = 20_000
Shoot = Callable[..., None]


def test_exercises_go_from_the_patient_to_the_chart_and_back(chromium: Browser, stack: LiveStack, shoot: Shoot) -> None:
    password = stack.env["ATTUNE_DEMO_PASSWORD"]
    desk, phone, care = (window(chromium, stack, size) for size in (DESK, PHONE, DESK))
    for page in (desk, phone):
        sign_in(page, Person("patient@demo.example", password))
    sign_in(care, Person("provider@demo.example", password))
    one_thought(desk, phone, shoot)
    patient = reads(care, shoot)
    ladder = writes_a_ladder(care, patient)
    one_step(phone, ladder, shoot)
    care.reload()
    expect(care.locator("main")).to_contain_text("when asked to stop")


def one_thought(desk: Page, phone: Page, shoot: Shoot) -> None:
    """Begun at the desk, gone on with and finished on the phone, and no save button pressed in between."""
    desk.goto("/exercises/")
    desk.get_by_role("button", name="Begin Thought record").click()
    desk.get_by_label("Where were you, and what was going on?").fill("The team met without me")
    desk.get_by_label("The thought", exact=True).fill("They don't want me there")
    expect(desk.locator("#saved")).to_have_text("all saved", timeout=SAVED_MS)
    shoot(desk, "thought-record", full=True)
    phone.goto(desk.url)
    expect(phone.get_by_label("The thought", exact=True)).to_have_value("They don't want me there")
    phone.get_by_label("How could you put it so that it fits all the facts?").fill("It was a short call")
    expect(phone.locator("#saved")).to_have_text("all saved", timeout=SAVED_MS)
    phone.get_by_role("button", name="Finish").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you. That took some doing.")


def reads(care: Page, shoot: Shoot) -> str:
    """The clinician reads what was written. Gives the patient's id."""
    care.goto("/caseload/")
    care.get_by_role("link", name="Demo Patient (demonstration)", exact=True).click()
    patient = care.url.rstrip("/").rpartition("/")[2]
    care.goto(f"/patients/{patient}/exercises/")
    care.get_by_role("row").filter(has_text="The team met without me").get_by_role("link").first.click()
    expect(care.locator("main")).to_contain_text("It was a short call")
    return patient


def writes_a_ladder(care: Page, patient: str) -> str:
    """Gives the ladder's id."""
    care.goto(f"/patients/{patient}/ladders/new/")
    care.get_by_label("What is it about?").fill("Taking the lift")
    for number, (text, expected) in enumerate((("Look at the lift", "30"), ("Ride one floor", "60")), start=1):
        care.get_by_label(f"Step {number}", exact=True).fill(text)
        care.get_by_label(f"Expected distress on step {number}", exact=True).fill(expected)
    care.get_by_role("button", name="Show it to the patient").click()
    expect(care.locator("main")).to_contain_text("not agreed to")
    return care.url.rstrip("/").rpartition("/")[2]


def one_step(page: Page, ladder: str, shoot: Shoot) -> None:
    """Nothing begins before the patient agrees; stopping leads to calm at once."""
    page.goto(f"/exercises/ladders/{ladder}/")
    expect(page.get_by_role("button", name="Begin this step")).to_have_count(0)
    page.get_by_role("button", name="I agree to this ladder").click()
    page.get_by_label("How upset are you right now?").fill("45")
    page.get_by_role("button", name="Begin this step").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look at the lift")
    page.get_by_role("button", name="Stop now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You stopped. That is always right.")
    expect(page.get_by_role("button", name="End here")).to_be_visible(timeout=SAVED_MS)
    shoot(page, "calm", full=True)
    page.get_by_role("button", name="End here").click()
    expect(page.get_by_role("button", name="Begin this step")).to_be_visible()
