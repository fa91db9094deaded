"""The picture of a thought on the pages and over the API: waited for, shown, kept, taken away, and on the chart."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from apps.exercises import commands as exercises
from apps.imagery.events import CATEGORY, ImageShown
from apps.imagery.scheduling import DEADLINE
from apps.patients import commands as patients
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.exercises.acting import RECORD, begun
from tests.apps.exercises.test_worksheets import hard, said_on
from tests.apps.imagery.living import run_jobs
from tests.apps.practice import Practice

Seal = Callable[[], None]
PANEL = Path(__file__).resolve().parents[3] / "templates" / "imagery" / "_illustration.html"


@pytest.fixture
def thought(practice: Practice, seal_now: Seal) -> UUID:
    """A finished thought record of a patient who agrees to pictures."""
    who = practice.patient
    patients.give_consent(who.id, purpose="images", actor=who.actor, command_id=uuid4())
    exercise_id = begun(practice, values=dict(RECORD))
    exercises.finish(practice.own(), exercise_id, command_id=uuid4())
    seal_now()
    return exercise_id


def page_of(client: Client, exercise_id: UUID) -> str:
    response = client.get(f"/exercises/{exercise_id}/")
    assert response.status_code == 200
    return response.content.decode()


def state(client: Client, exercise_id: UUID) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"/api/v1/exercises/{exercise_id}/picture/").json()
    return answer


def presses(client: Client, exercise_id: UUID) -> str:
    """The page after the button."""
    pressed = client.post(f"/exercises/{exercise_id}/picture/")
    assert (pressed.status_code, pressed.headers["Location"]) == (302, f"/exercises/{exercise_id}/#picture")
    return page_of(client, exercise_id)


def test_a_picture_is_asked_for_awaited_and_shown_with_all_that_belongs_to_it(
    practice: Practice, thought: UUID, seal_now: Seal
) -> None:
    client = practice.browser(practice.patient)
    assert "A picture for this thought</button>" in page_of(client, thought)
    for _ in range(2):
        assert "Your picture is being made." in presses(client, thought)
    assert (state(client, thought)["stands"], run_jobs(DEADLINE)) == ("waiting", 1)
    page, told = page_of(client, thought), state(client, thought)
    [shown] = [r.event for r in store.read(StreamName(CATEGORY, thought)) if isinstance(r.event, ImageShown)]
    assert (told["stands"], told["image_id"], told["alt"]) == ("shown", str(shown.image_id), shown.alt)
    assert f'src="/images/{shown.image_id}/" alt="{shown.alt}"' in page
    assert "From the vetted library" in page and "You asked for a picture for your fairer thought." in page
    seal_now()
    assert client.get(f"/images/{shown.image_id}/").headers["Content-Type"] == "image/webp"
    assert client.get(told["content"]).status_code == 200
    client.post(f"/album/{shown.image_id}/keep/")
    seal_now()
    assert shown.alt in client.get("/album/").content.decode()
    assert "In my album" in page_of(client, thought)
    [listed] = client.get("/api/v1/images/").json()["results"]
    assert (listed["exercise_id"], listed["session_id"]) == (str(thought), None)


def test_what_upset_the_patient_is_gone_and_their_clinician_is_told(
    practice: Practice, thought: UUID, seal_now: Seal
) -> None:
    client, care = practice.browser(practice.patient), practice.browser(practice.provider)
    presses(client, thought)
    run_jobs(DEADLINE)
    image_id = state(client, thought)["image_id"]
    seal_now()
    client.post(f"/exercises/{thought}/picture/upset/", {"image_id": str(uuid4())})
    assert "That picture is not here any more." in page_of(client, thought)
    client.post(f"/exercises/{thought}/picture/upset/", {"image_id": image_id})
    page = page_of(client, thought)
    assert "We are sorry. The picture is gone" in page and image_id not in page
    seal_now()
    assert client.get(f"/images/{image_id}/").status_code == 404
    assert "A picture upset the patient" in care.get("/alerts/").content.decode()
    record = care.get(f"/patients/{practice.patient.id}/exercises/{thought}/").content.decode()
    assert "the patient asked for a picture" in record and "upset the patient" in record
    assert f"/patients/{practice.patient.id}/pictures/#picture-{image_id}" in record
    assert f"picture-{image_id}" in care.get(f"/patients/{practice.patient.id}/pictures/").content.decode()
    refused = client.post(f"/api/v1/exercises/{thought}/picture/", {}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "upset")
    assert "so no other one is made of it" in presses(client, thought)


def test_a_picture_is_rated_below_it_and_the_chart_shows_how_it_sat(
    practice: Practice, thought: UUID, seal_now: Seal
) -> None:
    client, care = practice.browser(practice.patient), practice.browser(practice.provider)
    presses(client, thought)
    run_jobs(DEADLINE)
    image_id, path = state(client, thought)["image_id"], f"/exercises/{thought}/picture/rating/"
    page = page_of(client, thought)
    assert re.findall(r'name="rating" value="(.+?)" aria-pressed="false">', page) == ["-2", "-1", "0", "1", "2"]
    for wrong in ("3", "-3", "1.5", "", "much"):
        client.post(path, {"image_id": image_id, "rating": wrong})
        assert "Please choose one of the five answers below the picture." in page_of(client, thought)
    client.post(path, {"image_id": str(uuid4()), "rating": "1"})
    assert "That picture is not here any more." in page_of(client, thought)
    assert state(client, thought)["rating"] is None
    for rating, words in (("0", "No change"), ("-1", "Worse")):
        sent = client.post(path, {"image_id": image_id, "rating": rating})
        assert (sent.status_code, sent.headers["Location"]) == (302, f"/exercises/{thought}/#picture")
        pressed = re.findall(r'aria-pressed="true">(.+?)</button>', page_of(client, thought))
        assert (pressed, state(client, thought)["rating"]) == ([words], int(rating))
    seal_now()
    record = care.get(f"/patients/{practice.patient.id}/exercises/{thought}/").content.decode()
    assert '<span class="rating">worse</span>' in record
    pictures = f"/patients/{practice.patient.id}/pictures/?rating="
    assert f"picture-{image_id}" in care.get(f"{pictures}-1").content.decode()
    assert f"picture-{image_id}" not in care.get(f"{pictures}none").content.decode()


def test_the_api_rates_once_under_one_key_and_refuses_what_is_off_the_scale(practice: Practice, thought: UUID) -> None:
    client = practice.browser(practice.patient)
    presses(client, thought)
    run_jobs(DEADLINE)
    image_id, path = state(client, thought)["image_id"], f"/api/v1/exercises/{thought}/picture/rating/"

    def sends(body: dict[str, Any], who: Client = client, key: str | None = None) -> Any:
        return who.post(path, body, content_type="application/json", headers={"Idempotency-Key": key or str(uuid4())})

    before = store.version_of(StreamName(CATEGORY, thought))
    for wrong in ({"image_id": image_id, "rating": 3}, {"image_id": image_id}, {"rating": 1}):
        assert sends(wrong).status_code == 400
    assert sends({"image_id": str(uuid4()), "rating": 1}).status_code == 404
    for who in (practice.other, practice.provider, practice.administrator):
        assert sends({"image_id": image_id, "rating": 1}, practice.browser(who)).status_code in (403, 404)
    assert store.version_of(StreamName(CATEGORY, thought)) == before
    for rating, key in ((2, "one"), (2, "one"), (-2, "two")):
        answer = sends({"image_id": image_id, "rating": rating}, key=key)
        assert (answer.status_code, answer.json()["rating"]) == (200, rating)
    assert store.version_of(StreamName(CATEGORY, thought)) == before + 2
    assert sends({"image_id": image_id, "rating": 1}, key="two").status_code == 422
    client.post(f"/exercises/{thought}/picture/upset/", {"image_id": image_id})
    assert sends({"image_id": image_id, "rating": 2}).status_code == 404
    assert store.version_of(StreamName(CATEGORY, thought)) == before + 3


def test_without_consent_and_before_a_fairer_thought_it_is_said_why_there_is_none(
    practice: Practice, thought: UUID, seal_now: Seal
) -> None:
    client, who = practice.browser(practice.patient), practice.patient
    early = begun(practice, values={"thought": "It hurts"})
    assert 'id="picture"' not in page_of(client, early)
    assert "First write a fairer thought" in presses(client, early)
    patients.withdraw_consent(who.id, purpose="images", actor=who.actor, command_id=uuid4())
    seal_now()
    page = page_of(client, thought)
    assert "You have not said yes to pictures" in page and "A picture for this thought</button>" not in page
    assert "You have not agreed to pictures." in presses(client, thought)
    assert [store.version_of(StreamName(CATEGORY, one)) for one in (early, thought)] == [0, 0]


def test_a_saved_record_has_its_button_and_the_api_asks_once_under_one_key(practice: Practice, thought: UUID) -> None:
    client, saved = practice.browser(practice.patient), begun(practice, values=dict(RECORD))
    assert "A picture for this thought</button>" in page_of(client, saved)
    path = f"/api/v1/exercises/{saved}/picture/"
    for key in ("one", "one", "two"):
        answer = client.post(path, {}, content_type="application/json", headers={"Idempotency-Key": key})
        assert (answer.status_code, answer.json()["stands"]) == (200, "waiting")
    assert store.version_of(StreamName(CATEGORY, saved)) == 1
    for who in (practice.provider, practice.other):
        assert practice.browser(who).post(path, {}, content_type="application/json").status_code in (403, 404)


def test_a_twelve_year_old_can_read_what_the_panel_says() -> None:
    said = said_on(PANEL)
    assert len(said) > 15
    assert hard(said) == []
    assert not re.search(r"no risk|diagnos", " ".join(said), re.IGNORECASE)
