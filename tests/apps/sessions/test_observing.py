"""Seconds of readings, and moods as emotions."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from apps.sessions.events import EmotionsObserved
from apps.sessions.mood import emotion_of_mood, intensity_of_mood
from apps.sessions.observing import SECOND_MS, Second, pack_probabilities, unpack_probabilities
from ml.vocabulary import EMOTIONS

OPENED = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SEVEN = len(EMOTIONS)
shares = st.lists(st.floats(0.01, 1), min_size=SEVEN, max_size=SEVEN).map(lambda ws: tuple(w / sum(ws) for w in ws))


def gather(readings: Sequence[tuple[int, tuple[float, ...] | None]]) -> list[EmotionsObserved]:
    second = Second(OPENED)
    events = [second.add(at_ms, probabilities, "net@12345678") for at_ms, probabilities in readings]
    return [event for event in [*events, second.take()] if event]


@given(st.lists(st.tuples(st.integers(10, 1500), st.none() | shares), max_size=60))
def test_no_reading_is_lost_and_each_keeps_its_time(gaps: list[tuple[int, tuple[float, ...] | None]]) -> None:
    readings, at_ms = [], 0
    for gap, probabilities in gaps:
        at_ms += gap
        readings.append((at_ms, probabilities))
    events = gather(readings)
    times = [e.started_at + timedelta(milliseconds=offset) for e in events for offset in e.offsets_ms]
    assert times == [OPENED + timedelta(milliseconds=at_ms) for at_ms, _ in readings]
    rows = [row for e in events for row in unpack_probabilities(e.probabilities)]
    assert [row is None for row in rows] == [probabilities is None for _, probabilities in readings]


@given(st.lists(st.tuples(st.integers(10, 1500), shares), max_size=60))
def test_an_event_holds_one_second(gaps: list[tuple[int, tuple[float, ...]]]) -> None:
    readings = [(sum(gap for gap, _ in gaps[: i + 1]), row) for i, (_, row) in enumerate(gaps)]
    assert all(0 <= offset < SECOND_MS for e in gather(readings) for offset in e.offsets_ms)


@given(shares)
def test_packing_loses_less_than_a_hundredth(row: tuple[float, ...]) -> None:
    (back,) = unpack_probabilities(pack_probabilities(row))
    assert back is not None
    assert max(abs(a - b) for a, b in zip(row, back, strict=True)) < 0.02


@given(st.integers(-5, 5), st.none() | st.integers(0, 100))
def test_each_mood_is_one_of_the_seven(valence: int, distress: int | None) -> None:
    assert emotion_of_mood(valence, distress) in EMOTIONS
    assert 0 <= intensity_of_mood(valence, distress) <= 1


def test_low_and_stirred_is_fear_low_and_still_is_sadness() -> None:
    assert emotion_of_mood(-4, 80) == "fear"
    assert emotion_of_mood(-4, 20) == "sadness"
    assert emotion_of_mood(4, None) == "happiness"
    assert emotion_of_mood(0, None) == "neutral"
