"""The pages of preferences and care plan in a real browser: on a phone, with the keyboard, without a script error."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.apps.assessments.test_form_in_browser import serving
from tests.apps.imagery.showing import Showing, showing
from tests.apps.practice import Practice
from tests.apps.waiting import wait_for

pytestmark = pytest.mark.browser
Seal = Callable[[], None]
Open = Callable[..., Page]
PHONE: ViewportSize = {"width": 360, "height": 740}
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def session(practice: Practice) -> Showing:
    return showing(practice.patient.id, practice.patient.actor)


@pytest.fixture
def opened(chromium: Browser, practice: Practice) -> Iterator[Open]:
    """Opens an address as a user, on a phone."""
    with serving() as base:

        def opening(who: object, address: str) -> Page:
            context = chromium.new_context(viewport=PHONE, timezone_id="Europe/Zurich")
            cookies = practice.browser(who).cookies  # type: ignore[arg-type]  # a name of the fixture's
            context.add_cookies([{"name": name, "value": kept.value, "url": base} for name, kept in cookies.items()])
            page = context.new_page()
            page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
            page.goto(f"{base}{address}")
            return page

        yield opening


def test_a_patient_reads_what_was_learned_and_has_it_forgotten_on_a_phone(
    practice: Practice, session: Showing, seal_now: Seal, opened: Open
) -> None:
    for kind, rating in (("sea", 2), ("sea", 1), ("town", -1), ("town", -2)):
        session.rate(session.show(kind=kind), rating)
    session.upset(session.show(kind="desert"))
    seal_now()
    page = opened(practice.patient, "/me/preferences/")
    page.reload()  # by now the browser has said its zone
    expect(page.get_by_label("Your time zone")).to_have_value("Europe/Zurich")
    expect(page.get_by_role("row", name="the sea 2 +1.5")).to_be_visible()
    assert not page.evaluate(WIDER)
    page.get_by_label("What you'd like to reach").fill("sleep better")
    page.get_by_role("button", name=re.compile("Save.*What does you good")).press("Enter")
    expect(page.get_by_text("Pictures can take up: rest")).to_be_visible()
    page.get_by_role("button", name=re.compile("Reached.*sleep better")).press("Enter")
    expect(page.get_by_role("region", name="What you work towards").get_by_text("reached on")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Take it up again.*sleep better"))).to_be_visible()
    expect(page.get_by_text("Pictures can take up: rest")).to_be_hidden()
    assert not page.evaluate(WIDER)
    expect(page.get_by_role("button", name="Forget it now")).to_be_hidden()
    page.get_by_text("Forget what was learned").press("Enter")
    page.get_by_role("button", name="Forget it now").press("Enter")
    expect(page.get_by_text("Nothing yet. It begins with your next picture.")).to_be_visible()
    expect(page.get_by_text("Never shown again, because a picture upset you: deserts.")).to_be_visible()


def test_a_clinician_sets_a_plan_on_a_phone(practice: Practice, seal_now: Seal, opened: Open) -> None:
    seal_now()
    page = opened(practice.provider, f"/patients/{practice.patient.id}/care/")
    assert not page.evaluate(WIDER)
    page.get_by_label("Most pictures in a session").fill("4")
    page.get_by_role("group", name="Mindfulness").get_by_label("preferred").check()
    page.get_by_role("group", name="Progressive exposure").get_by_label("not used").check()
    page.get_by_role("button", name="Save the plan").press("Enter")
    expect(page.get_by_text("It holds from the next picture on.")).to_be_visible()
    expect(page.get_by_label("Most pictures in a session")).to_have_value("4")
    expect(page.get_by_role("group", name="Progressive exposure").get_by_label("not used")).to_be_checked()


def test_a_time_zone_that_there_is_not_is_said_at_its_field(practice: Practice, opened: Open) -> None:
    page = opened(practice.patient, "/me/preferences/")
    zone = page.get_by_label("Your time zone")
    zone.fill("Berlin")
    page.get_by_role("button", name=re.compile("Save.*Language and time")).click()
    expect(zone).to_be_focused()
    expect(zone).to_be_in_viewport(ratio=1)
    expect(zone).to_have_value("Berlin")
    expect(zone).to_have_accessible_description(re.compile("“Berlin” is no time zone.*such as Europe/Berlin"))
    expect(page.locator("#time_zone-wrong")).to_be_in_viewport(ratio=1)
    zone.fill("Europe/Berlin")
    page.get_by_role("button", name=re.compile("Save.*Language and time")).click()
    expect(page.get_by_text("Saved. Seasons")).to_be_visible()
    expect(page.locator("[aria-invalid]")).to_have_count(0)


def test_saving_one_form_does_not_quietly_drop_what_was_written_in_another(practice: Practice, opened: Open) -> None:
    page = opened(practice.patient, "/me/preferences/")
    asked: list[str] = []
    page.get_by_label("Places you like").fill("the sea")
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("form[action$='/me/triggers/'] [name=tag]").first.check()
    page.locator("form[action$='/me/triggers/'] button").click(no_wait_after=True)
    wait_for(page, asked)
    assert asked == ["beforeunload"]
    expect(page.get_by_label("Places you like")).to_have_value("the sea")
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("form[action$='/me/likes/'] button").first.click()
    expect(page.get_by_text("Saved. Thank you")).to_be_visible()
    expect(page.get_by_label("Places you like")).to_have_value("the sea")
    again = len(asked)
    page.locator("form[action$='/me/triggers/'] button").click()
    expect(page.get_by_text("Saved. Pictures leave these out")).to_be_visible()
    assert len(asked) == again, "nothing was written elsewhere, so nothing is asked"
