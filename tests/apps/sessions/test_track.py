"""A session's mean is the mean of its points, however many seconds they have."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.sessions import track
from apps.sessions.observing import pack_probabilities
from ml.vocabulary import EMOTIONS

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
MINUTE = track.minute_of(AT)
shares = st.lists(st.integers(1, 9), min_size=len(EMOTIONS), max_size=len(EMOTIONS)).map(
    lambda weights: [weight / sum(weights) for weight in weights]
)
frames = st.lists(st.one_of(st.none(), shares), min_size=1, max_size=9)
minutes = st.dictionaries(
    st.integers(0, 40), st.dictionaries(st.integers(0, 59), frames, min_size=1, max_size=12), min_size=1, max_size=4
)


def packed(minute: int, seconds: dict[int, list[list[float] | None]]) -> tuple[int, bytes]:
    rows = (
        track.pack_second(
            AT + timedelta(minutes=minute, seconds=second), b"".join(map(pack_probabilities, seconds[second]))
        )
        for second in seconds
    )
    return MINUTE + minute, b"".join(rows)


@given(minutes)
def test_a_mean_is_that_of_the_points(read: dict[int, dict[int, list[list[float] | None]]]) -> None:
    kept = [packed(minute, read[minute]) for minute in sorted(read)]
    points, mean = list(track.points(kept, 10)), track.mean(kept, 10)
    told = [point for point in points if point.probabilities]
    assert (mean.at, mean.stretches, mean.read) == (points[0].at, len(points), len(told))
    if not told:
        assert mean.probabilities is None
        return
    weight = sum(point.frames for point in told)
    sums = [sum(point.probabilities[one] * point.frames for point in told) / weight for one in range(len(EMOTIONS))]
    assert mean.probabilities == pytest.approx(sums, abs=0.01)  # a second's shares of 255 are rounded
