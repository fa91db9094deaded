"""How fast a client may send, and at which pace it is asked to."""

from hypothesis import given
from hypothesis import strategies as st

from apps.sessions.limits import Bucket, Window
from apps.sessions.pacing import FASTEST, FIRST, MOST_UNANSWERED, SHARE, SLOWEST, Pace, pace_for, worth_telling


@given(st.lists(st.floats(0, 3), max_size=200), st.integers(1, 10), st.floats(0.5, 10))
def test_a_bucket_never_gives_more_than_its_size_and_rate(gaps: list[float], size: int, rate: float) -> None:
    bucket, now, taken = Bucket(size=size, rate=rate), 0.0, 0
    for gap in gaps:
        now += gap
        taken += bucket.take(now)
    assert taken <= size + rate * now + 1e-6


@given(st.integers(7, 100))
def test_a_flood_is_cut_off(frames: int) -> None:
    window = Window()
    admitted = [window.admit(sequence, 0.0) for sequence in range(frames)]
    assert admitted.count(True) == MOST_UNANSWERED + 4
    assert not admitted[-1]


def test_a_client_that_keeps_the_window_is_never_cut_off() -> None:
    window = Window()
    for sequence in range(1000):
        assert window.admit(sequence, sequence * 0.01)
        if len(window.sent) == MOST_UNANSWERED:
            window.answer(sequence)


def test_an_answer_answers_every_frame_before_it() -> None:
    window = Window()
    for sequence, now in ((1, 1.0), (2, 1.1), (5, 1.2)):
        window.admit(sequence, now)
    assert window.answer(2) == (1.1, 1)
    assert window.answer(2) == (None, 0)
    assert window.answer(5) == (1.2, 0)


def test_the_newest_overdue_frame_is_named() -> None:
    window = Window()
    window.admit(1, 0.0)
    window.admit(2, 0.1)
    assert window.overdue(0.5, 1.5) is None
    assert window.overdue(1.55, 1.5) == 1
    assert window.overdue(2.0, 1.5) == 2


@given(st.floats(0.1, 2000), st.integers(0, 500))
def test_the_pace_stays_in_its_bounds_and_sessions_share_the_worker(ms_a_frame: float, sessions: int) -> None:
    pace = pace_for(ms_a_frame, sessions)
    assert SLOWEST <= pace.max_fps <= FASTEST
    if pace.max_fps > SLOWEST:
        assert pace.max_fps * sessions * ms_a_frame <= 1000 * SHARE + 0.06 * sessions * ms_a_frame


def test_before_anything_was_measured_the_pace_is_moderate() -> None:
    assert pace_for(None, 3).max_fps == FIRST


def test_only_a_change_that_matters_is_told() -> None:
    assert not worth_telling(Pace(5.0, 640, 0.8), Pace(5.5, 640, 0.8))
    assert worth_telling(Pace(5.0, 640, 0.8), Pace(2.5, 480, 0.7))
