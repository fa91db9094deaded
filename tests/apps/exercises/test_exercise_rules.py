"""The laws of one exercise: nothing is lost, nothing is written twice, and what was finished stays."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.exercises import aggregate
from apps.exercises.aggregate import ChangedElsewhere, EntriesMissing, EntriesWrong, Exercise, ExerciseClosed
from apps.exercises.events import ExerciseSaved
from apps.exercises.worksheets import WORKSHEETS, Value

RECORD = WORKSHEETS["thought_record"]
TEXTS = [field.name for field in RECORD.fields() if field.kind == "text"]
SCALES = [field.name for field in RECORD.fields() if field.kind == "scale"]
words = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=20)
entries = st.dictionaries(st.sampled_from(TEXTS), words, max_size=5) | st.dictionaries(
    st.sampled_from(SCALES), st.integers(0, 100), max_size=5
)


def begun() -> list[object]:
    return aggregate.begin(Exercise(), RECORD)


def saved(history: list[object], given: dict[str, Value], *, seen: int | None = None) -> list[object]:
    base = aggregate.replay(history if seen is None else history[:seen])
    return [*history, *aggregate.save(aggregate.replay(history), given, seen=base)]


def kept(given: dict[str, Value]) -> dict[str, Value]:
    taken = {name: RECORD.field(name).takes(value) for name, value in given.items()}
    return {name: value for name, value in taken.items() if value is not None}


@given(st.lists(entries, max_size=8))
def test_the_last_words_in_each_field_stand_and_every_earlier_one_is_in_the_log(saves: list[dict[str, Value]]) -> None:
    history, expected = begun(), dict[str, Value]()
    for one in saves:
        history = saved(history, one)
        gone = {name for name in one if name not in kept(one)}
        expected = {name: value for name, value in {**expected, **kept(one)}.items() if name not in gone}
    assert aggregate.replay(history).values == expected
    written = {
        (entry.name, entry.text, entry.number)
        for one in history
        if isinstance(one, ExerciseSaved)
        for entry in one.entries
    }
    assert {(name, str(value)) for one in saves for name, value in kept(one).items()} <= {
        (name, str(text if number is None else number)) for name, text, number in written
    }


@given(entries)
def test_the_same_again_writes_nothing(one: dict[str, Value]) -> None:
    history = saved(begun(), one)
    assert saved(history, one) == history


@given(entries, entries, entries)
def test_two_devices_lose_nothing_they_merge_or_both_are_shown(
    first: dict[str, Value], here: dict[str, Value], there: dict[str, Value]
) -> None:
    history = saved(begun(), first)
    seen = len(history)
    history = saved(history, there, seen=seen)
    base, theirs = aggregate.replay(history[:seen]).values, aggregate.replay(history).values
    mine = {name: kept(here).get(name) for name in here if kept(here).get(name) != base.get(name)}
    both = {n for n, v in mine.items() if theirs.get(n) != base.get(n) and theirs.get(n) != v}
    if both:
        with pytest.raises(ChangedElsewhere) as refused:
            saved(history, here, seen=seen)
        assert refused.value.theirs == {name: theirs.get(name) for name in both}
        return
    merged = aggregate.replay(saved(history, here, seen=seen)).values
    assert merged == {name: value for name, value in {**theirs, **mine}.items() if value is not None}


def test_only_what_changed_is_written() -> None:
    history = saved(begun(), {"situation": "At work", "belief": 80})
    *_, last = saved(history, {"situation": "At work", "belief": 70})
    assert isinstance(last, ExerciseSaved)
    assert [(one.name, one.text, one.number) for one in last.entries] == [("belief", None, 70)]


def test_emptying_a_field_takes_it_out() -> None:
    history = saved(saved(begun(), {"thought": "I fail"}), {"thought": "  "})
    assert aggregate.replay(history).values == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [("belief", 101), ("belief", "12.5"), ("belief", True), ("belief", -1), ("belief", "ten"), ("nowhere", "x"),
     ("situation", "x" * 4001), ("situation", 7), ("situation", "a\x00b"), ("situation", "\ud800")],
)  # fmt: skip
def test_what_a_field_does_not_take_is_named_and_nothing_is_written(name: str, value: Value) -> None:
    with pytest.raises(EntriesWrong) as refused:
        saved(begun(), {"thought": "kept for the next try", name: value})
    assert list(refused.value.errors) == [name]


@pytest.mark.parametrize(("name", "value"), [("day", "31.12.2026"), ("time", "25:00"), ("area", "moon")])
def test_days_times_and_choices_are_checked(name: str, value: str) -> None:
    plan = aggregate.replay(aggregate.begin(Exercise(), WORKSHEETS["activity_plan"]))
    with pytest.raises(EntriesWrong):
        aggregate.save(plan, {name: value}, seen=plan)


def test_finishing_needs_what_the_worksheet_needs_and_says_what_is_missing() -> None:
    history = saved(begun(), {"situation": "At work", "thought": "I fail"})
    with pytest.raises(EntriesMissing) as refused:
        aggregate.finish(aggregate.replay(history))
    assert refused.value.names == ("balanced",)
    history = saved(history, {"balanced": "Some things work"})
    history += aggregate.finish(aggregate.replay(history))
    assert aggregate.replay(history).status == "finished"


def test_a_plan_that_was_not_done_can_be_finished_without_any_rating() -> None:
    plan = aggregate.replay(aggregate.begin(Exercise(), WORKSHEETS["activity_plan"]))
    assert aggregate.finish(replace(plan, values={"activity": "Walk", "outcome": "not_done"}))


def test_a_finished_exercise_takes_nothing_more() -> None:
    exercise = replace(aggregate.replay(begun()), status="finished")
    for act in (aggregate.finish, aggregate.set_aside, aggregate.take_up):
        with pytest.raises(ExerciseClosed):
            act(exercise)
    with pytest.raises(ExerciseClosed):
        aggregate.save(exercise, {"thought": "late"}, seen=exercise)


def test_putting_away_needs_nothing_and_can_be_taken_back() -> None:
    history = [*begun(), *aggregate.set_aside(aggregate.replay(begun()))]
    with pytest.raises(ExerciseClosed):
        saved(history, {"thought": "late"})
    history += aggregate.take_up(aggregate.replay(history))
    assert aggregate.replay(saved(history, {"thought": "on again"})).values == {"thought": "on again"}


def test_beginning_again_goes_on_with_the_same_one() -> None:
    assert aggregate.begin(aggregate.replay(begun()), RECORD) == []
