"""The laws of one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.assessments import aggregate
from apps.assessments.aggregate import AnswersMissing, Assessment, AssessmentClosed, AssessmentUnknown
from apps.assessments.events import AssessmentScored, ItemAnswered
from apps.assessments.instruments import instrument
from apps.assessments.scoring import WrongAnswers

PHQ = instrument("phq-9")
given_answers = st.lists(st.tuples(st.integers(1, 10), st.integers(0, 3)), max_size=40)


def started() -> list[object]:
    return aggregate.start(Assessment(), PHQ)


def follow(answers: list[tuple[int, int]]) -> list[object]:
    history = started()
    for item, value in answers:
        history += aggregate.answer(aggregate.replay(history), item=item, answer=value)
    return history


def filled(**changed: int) -> list[tuple[int, int]]:
    return [(number, changed.get(f"item_{number}", 1)) for number in range(1, 10)]


@given(given_answers)
def test_the_last_answer_to_a_question_stands(answers: list[tuple[int, int]]) -> None:
    assert aggregate.replay(follow(answers)).answers == dict(answers)


@given(given_answers)
def test_attention_never_falls_whatever_is_changed_later(answers: list[tuple[int, int]]) -> None:
    form = aggregate.replay(follow(answers))
    assert form.attention == max([value for item, value in answers if item == 9], default=0)


@given(given_answers)
def test_a_form_with_gaps_is_scored_only_when_the_patient_says_so_and_then_without_a_total(
    answers: list[tuple[int, int]],
) -> None:
    form = aggregate.replay(follow(answers))
    gaps = aggregate.open_items(form)
    if gaps:
        with pytest.raises(AnswersMissing):
            aggregate.submit(form, as_it_is=False)
    [scored] = aggregate.submit(form, as_it_is=True)
    assert isinstance(scored, AssessmentScored)
    assert scored.missing == len(gaps)
    assert (scored.total is None) == bool(gaps)


def test_the_difficulty_question_leaves_the_total_alone() -> None:
    form = aggregate.replay(follow([*filled(), (10, 3)]))
    [scored] = aggregate.submit(form, as_it_is=False)
    assert isinstance(scored, AssessmentScored)
    assert scored.total == 9


@pytest.mark.parametrize("grade", [1, 2, 3])
def test_item_nine_above_zero_asks_for_a_person_at_once(grade: int) -> None:
    form = aggregate.replay(started())
    assert aggregate.answer(form, item=9, answer=grade) == [ItemAnswered(item=9, answer=grade, attention=grade)]


def test_the_same_answer_again_writes_nothing() -> None:
    form = aggregate.replay(follow([(1, 2)]))
    assert aggregate.answer(form, item=1, answer=2) == []


@given(given_answers, given_answers, st.integers(1, 10), st.integers(0, 3))
def test_only_what_differs_from_what_was_seen_is_answered(
    before: list[tuple[int, int]], since: list[tuple[int, int]], item: int, value: int
) -> None:
    seen, now = aggregate.replay(follow(before)), aggregate.replay(follow([*before, *since]))
    events = aggregate.answer(now, item=item, answer=value, seen=seen)
    assert bool(events) == (value not in (seen.answers.get(item), now.answers.get(item)))


def test_a_form_that_was_handed_in_takes_no_more_answers() -> None:
    history = follow(filled())
    form = aggregate.replay([*history, *aggregate.submit(aggregate.replay(history), as_it_is=False)])
    with pytest.raises(AssessmentClosed):
        aggregate.answer(form, item=1, answer=0)
    with pytest.raises(AssessmentClosed):
        aggregate.submit(form, as_it_is=True)


def test_starting_again_goes_on_with_the_same_form() -> None:
    assert aggregate.start(aggregate.replay(started()), PHQ) == []


@pytest.mark.parametrize(("item", "value"), [(0, 1), (11, 1), (1, 4), (1, -1)])
def test_what_the_form_does_not_have_is_refused(item: int, value: int) -> None:
    with pytest.raises(WrongAnswers):
        aggregate.answer(aggregate.replay(started()), item=item, answer=value)


def test_a_form_that_was_never_started_takes_nothing() -> None:
    with pytest.raises(AssessmentUnknown):
        aggregate.answer(Assessment(), item=1, answer=0)
