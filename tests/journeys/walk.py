"""Steps that several journeys share: signing in and out, filling a questionnaire."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from devstack.live import LiveStack

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 780}


@dataclass(frozen=True, slots=True)
class Person:
    login: str
    password: str


def window(chromium: Browser, stack: LiveStack, size: dict[str, int]) -> Page:
    """A page in a window of its own."""
    context = chromium.new_context(base_url=stack.url, viewport=size)  # type: ignore[arg-type]  # a plain dict will do
    context.set_default_timeout(30_000)
    return watched(context.new_page())


def watched(page: Page) -> Page:
    """The page; a script error or a refused resource on it is a failure from now on."""
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    page.on("console", lambda line: _refuse_csp(line.text))
    return page


def _refuse_csp(text: str) -> None:
    assert "Content Security Policy" not in text, text


def sign_in(page: Page, person: Person) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(person.login)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)


def answer_phq9(page: Page, answers: list[int], shoot: Callable[..., None]) -> None:
    """Answer by mouse; item 9 above zero must bring the crisis help at once, before the form is sent."""
    page.goto("/assessments/")
    page.get_by_role("button", name="PHQ-9").click()
    for item, answer in enumerate(answers, start=1):
        question = page.locator(f"#question-{item}")
        question.locator(f"input[value='{answer}']").check()
        expect(question.locator(".saved")).to_have_text("saved")
    if answers[8] > 0:
        expect(page.get_by_role("link", name="988").first).to_be_visible()
        shoot(page, "assessment")
    page.locator("#question-10 input").first.check()
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")  # the form, too, names small numbers
    expect(page.locator("main")).to_contain_text(str(sum(answers)))
