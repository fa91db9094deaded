"""The drawings say what the numbers say."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from django.utils.dateformat import format as written
from hypothesis import given
from hypothesis import strategies as st

from apps.assessments.instruments import instrument
from apps.providers.charts import emotions, scores
from apps.providers.charts.scale import Scale, text
from apps.providers.charts.spark import HEIGHT, WIDTH, spark
from apps.providers.line import ScorePoint
from apps.sessions.selectors import SessionMean, TrackPoint

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
START = NOW - timedelta(days=60)
SESSION = UUID(int=5)
shares = st.lists(st.floats(0.01, 1), min_size=7, max_size=7).map(tuple)


def point(total: int | None, days_ago: float) -> ScorePoint:
    return ScorePoint(at=NOW - timedelta(days=days_ago), total=total, severity=None, missing=0 if total else 1)


def reading(seconds: int, probabilities: tuple[float, ...] | None, frames: int = 5) -> TrackPoint:
    return TrackPoint(NOW + timedelta(seconds=seconds), probabilities, SESSION, frames)


@given(st.lists(st.tuples(st.integers(0, 27), st.floats(0, 83)), min_size=1, max_size=8))
def test_a_spark_stays_inside_its_box_and_says_its_totals(courses: list[tuple[int, float]]) -> None:
    drawn = spark([point(total, days) for total, days in courses], now=NOW)
    assert drawn is not None
    places = [tuple(map(float, place.split(","))) for place in drawn.points.split(" ")]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)
    assert drawn.totals == tuple(total for total, _ in courses)


def test_scores_without_a_total_or_older_than_twelve_weeks_are_not_drawn() -> None:
    assert spark([point(None, 1), point(9, 90)], now=NOW) is None


@pytest.mark.parametrize("key", ["phq-9", "gad-7"])
def test_bands_cover_the_whole_height_without_gap_and_bear_the_sources_words(key: str) -> None:
    form = instrument(key)
    chart = scores.score_chart(form, [point(5, 10)], start=START, end=NOW)
    assert form.total is not None
    assert [band.word for band in chart.bands] == [band.word for band in form.total.bands]
    for lower, upper in zip(chart.bands, chart.bands[1:], strict=False):
        assert float(upper.y) + float(upper.height) == pytest.approx(float(lower.y), abs=0.2)


def test_a_form_with_gaps_is_marked_and_never_on_the_line() -> None:
    chart = scores.score_chart(instrument("phq-9"), [point(5, 10), point(None, 5), point(9, 1)], start=START, end=NOW)
    assert len(chart.gaps) == 1
    assert [dot.point.total for dot in chart.dots] == [5, 9]


def test_a_higher_score_stands_higher_and_a_later_one_further_right() -> None:
    low, high = scores.score_chart(instrument("phq-9"), [point(5, 10), point(20, 1)], start=START, end=NOW).dots
    assert float(high.y) < float(low.y)
    assert float(high.x) > float(low.x)


@pytest.mark.parametrize("days", [14, 60, 300, 301, 366, 730, 1826])
def test_no_two_moments_of_an_axis_are_written_alike(days: int) -> None:
    start = NOW - timedelta(days=days)
    words = [
        written(at, scores.day_format(start, NOW)) for _, at in scores.ticks(scores.time_scale(start, NOW), start, NOW)
    ]
    assert len(set(words)) == len(words) == 5
    assert ("2026" in words[-1]) == (days > 300)


@given(st.lists(shares, min_size=1, max_size=12))
def test_a_sessions_column_is_filled_to_the_top(readings: list[tuple[float, ...]]) -> None:
    mean = emotions.mean([reading(10 * index, probabilities) for index, probabilities in enumerate(readings)])
    [column] = emotions.columns([SessionMean(SESSION, NOW, mean, 1.0)], start=START, end=NOW)
    assert sum(float(share.height) for share in column.shares) == pytest.approx(122, abs=1)
    assert column.read == 100


@given(st.lists(st.floats(0, 729), min_size=1, max_size=40, unique=True))
def test_no_column_hides_another_unless_they_are_of_about_one_day(days: list[float]) -> None:
    means = [
        SessionMean(UUID(int=number), NOW - timedelta(days=ago), (0.0,) * 6 + (1.0,), 1.0)
        for number, ago in enumerate(sorted(days, reverse=True))
    ]
    drawn = emotions.columns(means, start=NOW - timedelta(days=730), end=NOW)
    assert all(2 <= float(column.width) <= 14 for column in drawn)
    for one, other in pairwise(drawn):
        hidden = float(one.x) + float(one.width) - float(other.x)
        assert hidden <= 0.3 or (
            other.at - one.at < timedelta(days=2.5) and hidden <= 2.3
        )  # as rounded for the drawing


def test_a_column_is_narrowed_to_the_nearer_neighbour_and_a_lone_one_is_not() -> None:
    sure = (0.0,) * 6 + (1.0,)
    means = [
        SessionMean(UUID(int=number), NOW - timedelta(days=ago), sure, 1.0)
        for number, ago in enumerate((400, 21, 14, 0.2, 0.1))
    ]
    drawn = emotions.columns(means, start=NOW - timedelta(days=730), end=NOW)
    assert [column.width for column in drawn] == ["14", "6.4", "6.4", "2", "2"]
    [alone] = emotions.columns(means[:1], start=NOW - timedelta(days=730), end=NOW)
    assert alone.width == "14"


def test_stretches_without_a_face_are_left_open_and_a_session_without_any_has_no_picture() -> None:
    sure = (0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)
    track = [reading(0, sure), reading(10, sure), reading(20, None), *(reading(s, sure) for s in (120, 130))]
    drawn = emotions.areas(track)
    assert drawn is not None
    happiness = next(area for area in drawn.areas if area.emotion == "happiness")
    assert (happiness.path.count("M"), happiness.percent) == (2, 100)
    assert emotions.areas([reading(0, None)]) is None
    assert emotions.columns([SessionMean(SESSION, NOW, None, 0.0)], start=START, end=NOW) == ()


def test_frames_weigh_a_mean() -> None:
    calm, sad = (0.0,) * 6 + (1.0,), (0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    found = emotions.mean([reading(0, calm, frames=9), reading(10, sad, frames=1)])
    assert found is not None
    assert found[6] == pytest.approx(0.9)


def test_the_tables_minutes_say_when_nothing_was_read() -> None:
    calm = (0.0,) * 6 + (1.0,)
    drawn = emotions.areas([reading(0, calm), reading(70, None)])
    assert drawn is not None
    assert drawn.minutes == ((0, (0, 0, 0, 0, 0, 0, 100)), (1, None))


@given(st.floats(-1e6, 1e6))
def test_a_value_never_leaves_the_scale(value: float) -> None:
    assert 10 <= Scale(0, 27, 10, 100).at(value) <= 100


def test_coordinates_are_written_as_svg_wants_them() -> None:
    assert [text(number) for number in (1.0, 1.25, 100.04, 0)] == ["1", "1.2", "100", "0"]
