"""What a picture of a thought answers: the strongest feeling as it was rated last, in one of seven words."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.exercises import aggregate
from apps.exercises.aggregate import Exercise, ExerciseUnknown, PictureNotReady
from apps.exercises.events import PictureWished
from apps.exercises.rerating import EMOTION_OF, NEGATED, Rerated, emotion_of, rerated, takes_picture
from apps.exercises.worksheets import WORKSHEETS
from ml.prompting.rule import HARD
from ml.vocabulary import EMOTIONS
from tests.apps.exercises.acting import RECORD as WRITTEN

RECORD = WORKSHEETS["thought_record"]
POINTS = st.none() | st.integers(0, 100)
FEELINGS = st.fixed_dictionaries(
    {f"feeling_{one}{when}": POINTS for one in "123" for when in ("_before", "_after")}
    | {f"feeling_{one}": st.none() | st.text(max_size=20) for one in "123"}
)


def test_every_feeling_that_the_page_suggests_is_known_and_each_word_names_one_of_the_seven() -> None:
    suggested = {word for field in RECORD.fields() for word in field.suggestions}
    assert suggested and suggested <= EMOTION_OF.keys()
    assert set(EMOTION_OF.values()) == set(EMOTIONS)
    assert not [word for word in EMOTION_OF if word != word.casefold() or not word.isalpha()]


@pytest.mark.parametrize(
    ("words", "emotion"),
    [("Sad", "sadness"), ("rather tense, and sad", "fear"), ("JEALOUS!", "anger"), ("zzz", "neutral"), ("", "neutral")],
)
def test_the_first_known_word_counts_and_an_unknown_one_names_nothing(words: str, emotion: str) -> None:
    assert emotion_of(words) == emotion


@pytest.mark.parametrize(
    "words",
    ["not safe", "not happy", "I don't feel safe", "I don’t feel very safe", "never calm", "NOT OKAY",
     "without any joy", "can't be content", "overwhelmed"],
)  # fmt: skip
def test_something_good_that_is_missing_is_a_hard_feeling(words: str) -> None:
    assert emotion_of(words) in HARD


@pytest.mark.parametrize(
    ("words", "emotion"),
    [("happy, not sad", "happiness"), ("not what I thought of it: relieved", "happiness"), ("content", "happiness"),
     ("not bored", "neutral"), ("no longer that sad", "sadness")],
)  # fmt: skip
def test_a_negation_elsewhere_changes_nothing(words: str, emotion: str) -> None:
    assert emotion_of(words) == emotion


def test_each_word_of_happiness_is_hard_where_it_is_missing() -> None:
    assert {word for word, emotion in EMOTION_OF.items() if emotion == "happiness"} <= NEGATED.keys()
    assert set(NEGATED.values()) <= HARD


@given(FEELINGS)
def test_whatever_was_written_only_a_known_emotion_and_a_strength_come_out(given_: dict[str, Any]) -> None:
    values = {name: value for name, value in given_.items() if value not in (None, "")}
    found = rerated(RECORD, values)
    assert found.emotion in EMOTIONS
    assert 0 <= found.intensity <= 1


def test_what_was_rated_again_counts_before_what_was_stronger_at_first() -> None:
    before = {"feeling_1": "sad", "feeling_1_before": 40, "feeling_2": "angry", "feeling_2_before": 90}
    assert rerated(RECORD, before) == Rerated("anger", 0.9)
    assert rerated(RECORD, before | {"feeling_1_after": 30}) == Rerated("sadness", 0.3)
    assert rerated(RECORD, {"feeling_1": "sad"}) == Rerated("neutral", 0.3)


def test_only_a_thought_record_with_a_fairer_thought_takes_a_picture() -> None:
    assert takes_picture(RECORD, WRITTEN, "open") and takes_picture(RECORD, {"balanced": "x"}, "finished")
    assert not takes_picture(RECORD, {"balanced": "x"}, "open")
    assert not takes_picture(RECORD, {"feeling_1_after": 10}, "finished")
    assert not takes_picture(RECORD, WRITTEN, "set_aside")
    others = [sheet for key, sheet in WORKSHEETS.items() if key != RECORD.key]
    assert not [sheet.key for sheet in others if takes_picture(sheet, WRITTEN, "finished")]


def test_a_wish_is_written_once_and_changes_nothing_of_the_record() -> None:
    history: list[object] = aggregate.begin(Exercise(), RECORD)
    history += aggregate.save(aggregate.replay(history), WRITTEN, seen=aggregate.replay(history))
    before, wish_id = aggregate.replay(history), uuid4()
    assert aggregate.wish_picture(before, wish_id) == [PictureWished(wish_id=wish_id)]
    after = aggregate.replay([*history, PictureWished(wish_id=wish_id)])
    assert aggregate.wish_picture(after, wish_id) == []
    assert (after.values, after.status, after.wishes) == (before.values, "open", (wish_id,))


def test_nothing_is_wished_for_at_what_was_never_begun_or_has_no_fairer_thought() -> None:
    with pytest.raises(ExerciseUnknown):
        aggregate.wish_picture(Exercise(), uuid4())
    with pytest.raises(PictureNotReady):
        aggregate.wish_picture(aggregate.replay(aggregate.begin(Exercise(), RECORD)), uuid4())
