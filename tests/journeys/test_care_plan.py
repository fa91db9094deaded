"""A clinician sets limits, goals and what is left out; the patient reaches a goal; words that worry reach a person.

Templates and the organisation's decision on drafts are on the way, since a clinician meets them first here.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from devstack.live import LiveStack
from tests.journeys.walk import DESK, PHONE, Person, sign_in, window

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.timeout(240)]

READ_MS = 30_000
Shoot = Callable[..., None]


def test_a_plan_reaches_the_patient_and_a_worrying_note_the_clinician(
    chromium: Browser, stack: LiveStack, shoot: Shoot
) -> None:
    care, phone = (window(chromium, stack, size) for size in (DESK, PHONE))
    for page, who in ((care, "provider"), (phone, "patient")):
        sign_in(page, Person(f"{who}@demo.example", stack.env["ATTUNE_DEMO_PASSWORD"]))
    patient = opens_the_plan(care)
    sets_the_plan(care, shoot)
    sets_a_style_aside(care, patient, shoot)
    reaches_a_goal(phone, shoot)
    care.goto(f"/patients/{patient}/care/")
    expect(care.get_by_role("button", name=re.compile("^Take it up again ?: sleep better"))).to_be_visible()
    exercise = writes_what_worries(phone)
    sees_to_the_note(care, patient, exercise, shoot)
    judges_a_template(care, shoot)
    office = window(chromium, stack, DESK)
    sign_in(office, Person("admin@demo.example", stack.env["ATTUNE_DEMO_PASSWORD"]))
    decides_on_drafts(office, care, shoot)


def opens_the_plan(care: Page) -> str:
    """Gives the patient's id."""
    care.goto("/caseload/")
    care.get_by_role("link", name="Demo Patient (demonstration)", exact=True).click()
    care.wait_for_url(re.compile("/patients/[^/]+/$"))
    patient = care.url.rstrip("/").rpartition("/")[2]
    care.goto(f"/patients/{patient}/care/")
    return patient


def sets_the_plan(care: Page, shoot: Shoot) -> None:
    """Each of the three forms keeps what was typed, and the other two stay as they were."""
    care.get_by_label("Most pictures in a session").fill("3")
    care.get_by_label("Ceiling for hard feelings (0 to 100)").fill("70")
    care.get_by_role("group", name="Mindfulness").get_by_label("preferred").check()
    care.get_by_label("Note for the care team").fill("Sleeps badly since the move")
    care.get_by_role("button", name="Save the plan").click()
    expect(care.get_by_text("Saved. It holds from the next picture on.")).to_be_visible()
    care.get_by_label("Goals, one a line").fill("sleep better\nsee friends")
    care.get_by_label("Liked places, one a line").fill("the sea")
    care.get_by_role("button", name="Save the goals").click()
    expect(care.get_by_text("Saved. The patient sees it on their own page.")).to_be_visible()
    care.get_by_label("Anything else, one a line").fill("lifts")
    care.get_by_role("button", name="Save the list").click()
    expect(care.get_by_text("Saved. Pictures leave these out from now on")).to_be_visible()
    expect(care.get_by_label("Most pictures in a session")).to_have_value("3")
    expect(care.get_by_role("group", name="Mindfulness").get_by_label("preferred")).to_be_checked()
    expect(care.get_by_label("Goals, one a line")).to_have_value("sleep better\nsee friends")
    expect(care.get_by_label("Anything else, one a line")).to_have_value("lifts")
    shoot(care, "care-plan", full=True)


def sets_a_style_aside(care: Page, patient: str, shoot: Shoot) -> None:
    care.goto(f"/patients/{patient}/pictures/")
    care.get_by_text("Set a style or a kind of scene aside").click()
    form = care.locator("form.veto").filter(has=care.locator("#aside-value"))
    form.get_by_label("What", exact=True).select_option("style:ink")
    form.get_by_label("Why (the patient's care team reads it)").fill("Finds it gloomy")
    form.get_by_role("button", name="Set aside").click()
    expect(care.locator("#aside").locator("..")).to_contain_text("Finds it gloomy")
    shoot(care, "set-aside", full=True)


def reaches_a_goal(phone: Page, shoot: Shoot) -> None:
    """What the clinician set can be read by the patient, but for the care team's note; a goal is ticked off."""
    phone.goto("/me/preferences/")
    expect(phone.locator("main")).to_contain_text("At most 3 pictures in a session.")
    expect(phone.locator("main")).not_to_contain_text("Sleeps badly")
    phone.get_by_role("button", name=re.compile("^Reached ?: sleep better")).click()
    expect(phone.get_by_role("button", name=re.compile("^Take it up again ?: sleep better"))).to_be_visible()
    shoot(phone, "preferences", full=True)


def writes_what_worries(phone: Page) -> str:
    """Gives the exercise's id."""
    phone.goto("/exercises/")
    phone.get_by_role("button", name="Begin Thought record").click()
    phone.get_by_label("Where were you, and what was going on?").fill("At home, nobody called")
    phone.get_by_label("The thought", exact=True).fill("I don't want to live any more")
    phone.get_by_label("How could you put it so that it fits all the facts?").fill("My sister would come if I called")
    expect(phone.locator("#saved")).to_have_text("all saved", timeout=READ_MS)
    exercise = phone.url.rstrip("/").rpartition("/")[2]
    phone.get_by_role("button", name="Finish").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you. That took some doing.")
    return exercise


def sees_to_the_note(care: Page, patient: str, exercise: str, shoot: Shoot) -> None:
    """The alert leads to the words, and stays until somebody wrote what was done."""
    card = care.locator(".alert").filter(has=care.locator("a[href*='#raised-']"))
    for _ in range(READ_MS // 1000):
        care.goto("/alerts/")
        if card.count():
            break
        care.wait_for_timeout(1000)
    expect(card).to_contain_text("is often wrong")
    shoot(care, "alert-of-a-note", full=True)
    card.get_by_role("link", name="Read what the patient wrote").click()
    expect(care.locator("article:target")).to_contain_text("I don't want to live any more")
    expect(care.locator(f"#note-{exercise}")).to_contain_text("may need to be read")
    shoot(care, "written", full=True)
    assert f"/patients/{patient}/written/" in care.url
    care.locator("article:target").get_by_role("link", name="The exercise as it is now").click()
    expect(care.locator("main")).to_contain_text("I don't want to live any more")
    care.goto("/alerts/")
    card.get_by_label("What did you do, or why was nothing needed?").fill("Called; safe at the sister's, seen tomorrow")
    card.get_by_role("button", name="Acknowledge").click()
    expect(card).to_have_count(0)
    expect(care.locator("main")).to_contain_text("Called; safe at the sister's")


def judges_a_template(care: Page, shoot: Shoot) -> None:
    care.goto("/templates/?state=draft")
    shoot(care, "templates")
    care.locator(".lines a").first.click()
    drawing = care.get_by_role("img", name="A drawing of the scene")
    for _ in range(READ_MS // 1000):
        if drawing.count():
            break
        care.wait_for_timeout(1000)
        care.get_by_role("link", name="Look again").click()
    expect(drawing).to_be_visible()
    shoot(care, "template", full=True)
    care.get_by_role("button", name="Approve").click()
    expect(care.locator("main")).to_contain_text("approved")


def decides_on_drafts(office: Page, care: Page, shoot: Shoot) -> None:
    """An administrator allows drafts and takes it back; both stay on record, and a clinician reads them."""
    drafts = office.locator("section:has(> #drafts)")
    for offer, why, button in (
        ("Decide that drafts may be shown", "A trial week, told to all patients", "Allow drafts"),
        ("Take the decision back", "The trial week is over", "Show approved templates only"),
    ):
        office.goto("/templates/")
        drafts.get_by_text(offer).click()
        drafts.get_by_label("Why (it stays on record)").fill(why)
        drafts.get_by_role("button", name=button).click()
        expect(drafts.locator(".history li").filter(has_text=why)).to_contain_text("Demo Administrator")
    shoot(office, "drafts", full=True)
    care.goto("/templates/")
    seen = care.locator("section:has(> #drafts)")
    expect(seen).to_contain_text("The trial week is over")
    expect(seen.get_by_role("button")).to_have_count(0)
