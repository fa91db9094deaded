"""The laws of a session's pictures, as properties of any history."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.imagery import aggregate
from apps.imagery.aggregate import Imagery
from apps.imagery.events import ImageReacted, ImageRequested, ImageShown, ImageWithdrawn, RequestEnded

AT = datetime(2026, 11, 27, 9, tzinfo=UTC)
REQUESTS = [UUID(int=number) for number in range(1, 4)]
IMAGES = [UUID(int=number) for number in range(11, 14)]


def shown(request: UUID, image: UUID) -> ImageShown:
    return ImageShown(
        request_id=request, image_id=image, template="t", technique="mindfulness", emotion="sadness", kind="sea",
        style="photo", alt="A sea", line="", why=(), fallback="", model="m@1", seed=1, steps=12, guidance=3.5,
        scores=(), not_judged=(), latency_ms=900, shown_at=AT,
    )  # fmt: skip


@dataclass
class Told:
    """A session's pictures, told event by event as the commands would."""

    imagery: Imagery
    events: list[Any]

    def hear(self, new: list[Any]) -> None:
        for event in new:
            self.imagery = aggregate.apply(self.imagery, event)
        self.events += new


def act(told: Told, kind: str, number: int) -> None:
    """One act of the system or the patient; what the rules refuse leaves nothing."""
    request, image, imagery = REQUESTS[number], IMAGES[number], told.imagery
    try:
        match kind:
            case "request":
                told.hear(aggregate.request(imagery, request, reason="m", emotion="fear", intensity=0.4, at=AT))
            case "decline":
                told.hear(aggregate.decline(imagery, request, reason="too_soon", at=AT))
            case "show":
                aggregate.open_request(imagery, request)
                told.hear([shown(request, image)])
            case "react":
                told.hear(aggregate.react(imagery, image, rating=1, note="", at=AT))
            case "withdraw":
                told.hear(aggregate.withdraw(imagery, image, at=AT))
    except (aggregate.RequestUnknown, aggregate.RequestAnswered, aggregate.ImageUnknown):
        return


@st.composite
def lives(draw: st.DrawFn) -> Told:
    told = Told(Imagery(), [])
    kinds = st.sampled_from(["request", "decline", "show", "react", "withdraw"])
    for kind, number in draw(st.lists(st.tuples(kinds, st.integers(0, 2)), max_size=25)):
        act(told, kind, number)
    return told


@given(lives())
def test_a_request_is_answered_once_at_most(told: Told) -> None:
    answered = [event.request_id for event in told.events if isinstance(event, ImageShown)]
    assert len(answered) == len(set(answered))


@given(lives())
def test_nothing_is_shown_that_nobody_asked_for(told: Told) -> None:
    asked: set[UUID] = set()
    for event in told.events:
        if isinstance(event, ImageRequested):
            asked.add(event.request_id)
        if isinstance(event, ImageShown):
            assert event.request_id in asked


@given(lives())
def test_only_what_was_shown_is_rated_or_taken_away_and_that_once(told: Told) -> None:
    seen: set[UUID] = set()
    taken: list[UUID] = []
    for event in told.events:
        match event:
            case ImageShown(image_id=image):
                seen.add(image)
            case ImageReacted(image_id=image):
                assert image in seen
            case ImageWithdrawn(image_id=image):
                assert image in seen
                taken.append(image)
    assert len(taken) == len(set(taken))


@given(lives())
def test_a_decline_is_noted_once_and_never_over_a_request(told: Told) -> None:
    requested: set[UUID] = set()
    declined: list[UUID] = []
    for event in told.events:
        if isinstance(event, ImageRequested):
            requested.add(event.request_id)
        if isinstance(event, RequestEnded):
            assert event.request_id not in requested
            declined.append(event.request_id)
    assert len(declined) == len(set(declined))


@pytest.mark.parametrize("rating", [-3, 3, 100])
def test_a_rating_lies_between_minus_two_and_two(rating: int) -> None:
    imagery = aggregate.apply(Imagery(), shown(REQUESTS[0], IMAGES[0]))
    with pytest.raises(aggregate.RatingOutOfRange):
        aggregate.react(imagery, IMAGES[0], rating=rating, note="", at=AT)


def test_a_request_that_was_forgotten_keeps_nobody_waiting() -> None:
    (asked,) = aggregate.request(Imagery(), REQUESTS[0], reason="shift", emotion="fear", intensity=0.4, at=AT)
    imagery = aggregate.apply(Imagery(), asked)
    assert imagery.painting(AT + timedelta(seconds=5))
    assert not imagery.painting(AT + timedelta(minutes=2))
