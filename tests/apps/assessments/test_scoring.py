"""The laws of adding up: published cut-points, and gaps that never become zeros."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.assessments.instruments import INSTRUMENTS, instrument
from apps.assessments.instruments.model import Instrument
from apps.assessments.scoring import Score, WrongAnswers, score

WORDS = {
    "phq-9": {0: "minimal", 4: "minimal", 5: "mild", 9: "mild", 10: "moderate", 14: "moderate"}
    | {15: "moderately severe", 19: "moderately severe", 20: "severe", 27: "severe"},
    "gad-7": {0: "minimal", 4: "minimal", 5: "mild", 9: "mild", 10: "moderate", 14: "moderate", 15: "severe"}
    | {21: "severe"},
}
DASS = {
    "depression": {8: "normal", 10: "mild", 12: "mild", 14: "moderate", 20: "moderate", 22: "severe", 26: "severe"}
    | {28: "extremely severe"},
    "anxiety": {6: "normal", 8: "mild", 10: "moderate", 14: "moderate", 16: "severe", 18: "severe"}
    | {20: "extremely severe"},
    "stress": {14: "normal", 16: "mild", 18: "mild", 20: "moderate", 24: "moderate", 26: "severe", 32: "severe"}
    | {34: "extremely severe"},
}


def spread(points: int, places: int) -> list[int]:
    """Answers of 0 to 3 that add up to `points`."""
    return [min(3, max(0, points - 3 * place)) for place in range(places)]


@pytest.mark.parametrize(("key", "total", "word"), [(k, t, w) for k, rows in WORDS.items() for t, w in rows.items()])
def test_totals_read_as_their_source_says(key: str, total: int, word: str) -> None:
    form = instrument(key)
    result = score(form, spread(total, len(form.items)))
    assert (result.total, result.severity) == (total, word)


@pytest.mark.parametrize(("name", "total", "word"), [(n, t, w) for n, rows in DASS.items() for t, w in rows.items()])
def test_dass_21_reads_each_subscale_as_its_manual_says(name: str, total: int, word: str) -> None:
    form = instrument("dass-21")
    scale = next(scale for scale in form.subscales if scale.name == name)
    answers: list[int | None] = [0] * 21
    for number, answer in zip(scale.items, spread(total // 2, 7), strict=True):
        answers[number - 1] = answer
    result = score(form, answers)
    assert (result.subscales[name].total, result.subscales[name].severity) == (total, word)
    assert (result.total, result.severity) == (None, None)


def any_form() -> st.SearchStrategy[tuple[Instrument, list[int | None]]]:
    def filled(form: Instrument) -> st.SearchStrategy[tuple[Instrument, list[int | None]]]:
        one = st.one_of(st.none(), st.integers(0, 3))
        places = len(form.items)
        return st.tuples(st.just(form), st.lists(one, min_size=places, max_size=places))

    return st.sampled_from(list(INSTRUMENTS.values())).flatmap(filled)


@given(any_form())
def test_a_missing_answer_is_never_a_zero(filled: tuple[Instrument, list[int | None]]) -> None:
    form, answers = filled
    result = score(form, answers)
    assert result.missing == answers.count(None)
    if form.total is not None:
        assert (result.total is None) == (None in answers)
        assert (result.severity is None) == (result.total is None)
    for scale in form.subscales:
        gaps = sum(answers[number - 1] is None for number in scale.items)
        assert (result.subscales[scale.name].total is None) == (gaps > 1)


@given(st.lists(st.integers(0, 3), min_size=9, max_size=9), st.integers(0, 8))
def test_a_higher_answer_never_lowers_a_total(answers: list[int], place: int) -> None:
    form = instrument("phq-9")
    higher = [min(3, answer + 1) if index == place else answer for index, answer in enumerate(answers)]
    assert total(score(form, higher)) >= total(score(form, answers))


def total(result: Score) -> int:
    assert result.total is not None
    return result.total


def test_one_gap_in_a_dass_subscale_takes_the_mean_of_the_rest_and_says_so() -> None:
    answers: list[int | None] = [0] * 21
    for number in (3, 5, 10, 13, 16, 17):
        answers[number - 1] = 2
    answers[20] = None
    result = score(instrument("dass-21"), answers)
    assert result.subscales["depression"].total == 28
    assert result.flags == ("depression~6/7",)


@pytest.mark.parametrize("grade", [1, 2, 3])
def test_item_nine_above_zero_is_flagged_with_its_grade_even_when_the_rest_is_missing(grade: int) -> None:
    result = score(instrument("phq-9"), [None] * 8 + [grade])
    assert result.flags == (f"item_9={grade}",)
    assert result.total is None


@pytest.mark.parametrize("answers", [[], [0] * 8, [0] * 10, [4] + [0] * 8, [-1] + [0] * 8])
def test_what_the_form_does_not_have_is_refused(answers: list[int | None]) -> None:
    with pytest.raises(WrongAnswers):
        score(instrument("phq-9"), answers)
