"""How a face and a mood changed with a moment."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.sessions.events import MoodReported
from apps.sessions.reaction import LEAST_FRAMES, change_of_face, change_of_mood
from apps.sessions.track import Point
from ml.vocabulary import EMOTIONS

AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)


def looks(emotion: str, second: int, frames: int = 5, sure: float = 1.0) -> Point:
    rest = (1 - sure) / (len(EMOTIONS) - 1)
    return Point(AT + timedelta(seconds=second), tuple(sure if one == emotion else rest for one in EMOTIONS), frames)


def mood(valence: int, second: int) -> MoodReported:
    return MoodReported(valence=valence, distress=None, reported_at=AT + timedelta(seconds=second))


def test_a_face_that_brightens_after_a_picture_answered_well() -> None:
    assert change_of_face([looks("sadness", -5), looks("happiness", 5)], AT, LATER) == 1
    assert change_of_face([looks("sadness", -5), looks("neutral", 5)], AT, LATER) == 0.5
    assert change_of_face([looks("happiness", -5), looks("fear", 5)], AT, LATER) == -1
    assert change_of_face([looks("neutral", -5), looks("neutral", 5)], AT, LATER) == 0


def test_only_the_quarter_minute_before_and_the_half_minute_after_count() -> None:
    seen = [looks("happiness", -16), looks("sadness", -15), looks("sadness", 29), looks("happiness", 30)]
    assert change_of_face(seen, AT, LATER) == 0


def test_the_next_picture_ends_the_answer_to_this_one() -> None:
    seen = [looks("neutral", -5), looks("neutral", 5), looks("happiness", 12)]
    assert change_of_face(seen, AT, AT + timedelta(seconds=10)) == 0


@pytest.mark.parametrize("side", [-5, 5])
def test_a_face_hardly_read_says_nothing(side: int) -> None:
    seen = [looks("neutral", -side), looks("happiness", side, frames=LEAST_FRAMES - 1)]
    assert change_of_face(seen, AT, LATER) is None
    unread = Point(AT + timedelta(seconds=side), None, 0)
    assert change_of_face([looks("neutral", -side), unread], AT, LATER) is None


def test_a_mood_that_rose_by_five_is_a_full_answer() -> None:
    assert change_of_mood([mood(-2, -60), mood(3, 60)], AT, LATER) == 1
    assert change_of_mood([mood(0, -60), mood(-1, 60)], AT, LATER) == -0.2
    assert change_of_mood([mood(-5, -60), mood(5, 60)], AT, LATER) == 1


def test_the_last_word_before_and_the_last_after_count() -> None:
    assert change_of_mood([mood(-5, -90), mood(0, -60), mood(4, 30), mood(1, 90)], AT, LATER) == 0.2


def test_a_mood_of_long_ago_or_none_says_nothing() -> None:
    assert change_of_mood([mood(0, -601), mood(3, 60)], AT, LATER) is None
    assert change_of_mood([mood(0, -60)], AT, LATER) is None
    assert change_of_mood([mood(0, -60), mood(3, 301)], AT, LATER) is None
