"""Change is judged by published thresholds, and each verdict stays its own."""

import pytest

from apps.assessments.change import Course, change, course_of_parts


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
