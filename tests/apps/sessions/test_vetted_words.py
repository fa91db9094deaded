"""What a patient is told of a vetted scene is what docs/scenes says of who looked at it."""

from collections.abc import Callable

from tests.apps.practice import Practice


def test_the_page_says_that_an_ai_looked_at_vetted_scenes_and_no_person(
    practice: Practice, seal_now: Callable[[], None]
) -> None:
    client = practice.browser(practice.patient)
    seal_now()
    started = client.post("/session/start/", {"asked": "1", "camera": "off", "key": "0" * 32})
    seal_now()
    page = client.get(started.headers["Location"]).content.decode()
    assert "looked at in advance by an AI" in page
    assert "by people" not in page
