"""What a session left behind stands on the chart: readings as drawing and table, pictures with technique and rating."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from PIL import Image

from apps.imagery.events import ImageReacted, ImageShown, ImageWithdrawn
from apps.sessions.events import EmotionsObserved, FeedbackGiven, SessionEnded, SessionOpened
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.practice import Practice
from vault import blobs

Seal = Callable[[], None]
SAD = bytes([5, 5, 5, 5, 220, 5, 10])
OPENED = timezone.now() - timedelta(hours=1)


def append(practice: Practice, category: str, session: UUID, *events: object, expected: int | None = 0) -> None:
    store.append(
        StreamName(category, session),
        events,
        expected=expected,
        actor=practice.patient.actor,
        command_id=uuid4(),
        subject=practice.patient.id,
    )


def picture(practice: Practice, *, fallback: str = "") -> ImageShown:
    data = BytesIO()
    Image.new("RGB", (30, 20), "teal").save(data, "WEBP")
    image_id = blobs.put(practice.patient.id, data.getvalue(), media_type="image/webp").id
    return ImageShown(
        request_id=uuid4(),
        image_id=image_id,
        template="sadness-mindfulness-1",
        technique="mindfulness",
        emotion="sadness",
        kind="lake",
        style="watercolour",
        alt="A quiet lake at dawn",
        line="The storm has a far side.",
        why=("The reading was mostly sadness.",),
        fallback=fallback,
        model="painter@12345678",
        seed=1,
        steps=20,
        guidance=7.5,
        scores=(),
        not_judged=(),
        latency_ms=900,
        shown_at=OPENED + timedelta(minutes=3),
    )


@pytest.fixture
def session(practice: Practice) -> UUID:
    session_id = uuid4()
    opened = SessionOpened(patient_id=practice.patient.id, opened_at=OPENED, camera=True, consents=("camera", "images"))
    said = FeedbackGiven(distress=35, satisfaction=4, text="", given_at=OPENED + timedelta(minutes=19))
    ended = SessionEnded(ended_at=OPENED + timedelta(minutes=20), reason="patient")
    append(practice, "session", session_id, opened, said, ended)
    seconds = [
        EmotionsObserved(
            started_at=OPENED + timedelta(seconds=second), offsets_ms=(0, 500), probabilities=SAD * 2, weights="w@1"
        )
        for second in range(0, 180, 5)
    ]
    append(practice, "observations", session_id, *seconds, expected=None)
    return session_id


def chart(practice: Practice) -> str:
    return practice.browser(practice.provider).get(f"/patients/{practice.patient.id}/").content.decode()


def test_readings_are_drawn_and_written_beside_the_drawing(practice: Practice, session: UUID, seal_now: Seal) -> None:
    seal_now()
    page = chart(practice)
    assert page.count('class="layer tone-fill sadness"') >= 2
    assert "mostly sadness" in page
    assert page.count("As a table") == 2
    assert "20 min" in page


def test_pictures_stand_with_alt_text_technique_and_rating(practice: Practice, session: UUID, seal_now: Seal) -> None:
    painted, vetted = picture(practice), picture(practice, fallback="painter_away")
    rated = ImageReacted(image_id=painted.image_id, rating=2, note="", reacted_at=timezone.now())
    away = ImageWithdrawn(image_id=vetted.image_id, withdrawn_at=timezone.now())
    append(practice, "imagery", session, painted, vetted, rated, away)
    seal_now()
    page = chart(practice)
    assert f'src="/images/{painted.image_id}/"' in page
    assert 'alt="A quiet lake at dawn"' in page
    assert "AI-generated" in page
    assert "mindfulness" in page
    assert "much better" in page
    assert "From the checked collection" in page
    assert "upset the patient" in page
    shown = practice.browser(practice.provider).get(f"/images/{painted.image_id}/")
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/webp")


def test_the_caseload_names_the_last_session(practice: Practice, session: UUID, seal_now: Seal) -> None:
    seal_now()
    page = practice.browser(practice.provider).get("/caseload/").content.decode()
    assert "20 min, distress 35" in page
    assert "1 active this week" in page
