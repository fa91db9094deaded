"""Change is judged by published thresholds, and each verdict stays its own."""

from datetime import UTC, datetime

import pytest

from apps.assessments.change import Course, change, course_of_parts, speaks_of_death


@pytest.mark.parametrize(
    ("key", "first", "last", "course"),
    [
        ("phq-9", 15, 9, Course.IMPROVED),
        ("phq-9", 15, 10, Course.STEADY),
        ("phq-9", 10, 16, Course.WORSENED),
        ("gad-7", 12, 8, Course.IMPROVED),
        ("gad-7", 8, 11, Course.STEADY),
        ("gad-7", 8, 12, Course.WORSENED),
    ],
)
def test_a_change_is_reliable_from_its_instruments_threshold_on(
    key: str, first: int, last: int, course: Course
) -> None:
    found = change(key, first, last)
    assert found is not None
    assert found.course is course
    assert found.points == last - first


def test_response_and_remission_need_a_first_score_of_ten() -> None:
    low, high = change("phq-9", 9, 4), change("phq-9", 10, 4)
    assert low is not None
    assert high is not None
    assert (low.response, low.remission) == (False, False)
    assert (high.response, high.remission) == (True, True)


def test_response_and_remission_are_said_of_phq_9_alone() -> None:
    found = change("gad-7", 10, 4)
    assert found is not None
    assert (found.course, found.response, found.remission) == (Course.IMPROVED, False, False)


def test_what_may_be_said_beside_thoughts_of_death_holds_no_good_news() -> None:
    better, worse, same = change("phq-9", 20, 4), change("phq-9", 10, 16), change("gad-7", 9, 8)
    assert better is not None and worse is not None and same is not None
    told = better.without_good_news()
    assert (told.points, told.course, told.response, told.remission) == (-16, None, False, False)
    assert worse.without_good_news() == worse
    assert same.without_good_news() == same


DAYS = [datetime(2026, 3, day, tzinfo=UTC) for day in range(1, 10)]


@pytest.mark.parametrize(
    ("raised", "scored", "speaks"),
    [
        ([], DAYS[:3], False),
        (DAYS[:1], [], True),
        (DAYS[:1], DAYS[:1], True),
        (DAYS[1:2], [DAYS[0], DAYS[1]], True),
        (DAYS[:1], [DAYS[0], DAYS[1]], False),
        (DAYS[2:3], [DAYS[0], DAYS[1]], True),
    ],
    ids=["never", "in no form", "in the only form", "in the latest", "in the one before", "in one not handed in"],
)
def test_thoughts_of_death_stand_until_a_form_without_gaps_says_nothing_of_them(
    raised: list[datetime], scored: list[datetime], speaks: bool
) -> None:
    assert speaks_of_death(raised, scored) is speaks


def test_an_instrument_without_a_threshold_has_no_verdict() -> None:
    assert change("dass-21", 20, 2) is None


@pytest.mark.parametrize(
    ("first", "last", "course"),
    [
        ((20, "moderate"), (14, "moderate"), Course.STEADY),  # six points, the same band
        ((14, "moderate"), (12, "mild"), Course.STEADY),  # another band, two points
        ((20, "moderate"), (12, "mild"), Course.IMPROVED),
        ((8, "normal"), (14, "moderate"), Course.WORSENED),
        ((8, "normal"), (None, None), None),
    ],
)
def test_a_subscale_changed_when_it_moved_five_points_and_a_band(
    first: tuple[int, str], last: tuple[int | None, str | None], course: Course | None
) -> None:
    assert course_of_parts({"stress": first}, {"stress": last}) is course


def test_of_several_subscales_the_one_that_got_worse_is_heard_first() -> None:
    first = {"depression": (20, "moderate"), "anxiety": (6, "normal"), "stress": (30, "severe")}
    last = {"depression": (8, "normal"), "anxiety": (12, "moderate"), "stress": (30, "severe")}
    assert course_of_parts(first, last) is Course.WORSENED
    assert course_of_parts(first, last | {"anxiety": (6, "normal")}) is Course.IMPROVED
