"""What patients write about things not to be shown, in the forms that are found in a picture's words."""

import pytest

from ml.prompting import own_words
from ml.prompting.choose import NothingStands, choose
from ml.prompting.own_words import spelled_out
from ml.prompting.state import Preferences, State
from ml.prompting.triggers import canonical, named_in, tags
from ml.scenes.library import standing


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a quiet sea at dawn", "the sea"),
        ("a quiet sea at dawn", "(sea)"),
        ("a quiet sea at dawn", "No pictures of the sea, please!"),
        ("a lake", "- lake"),
        ("a lake", "#lake"),
        ("a dog asleep", "dogs!"),
        ("a dog asleep", "cats and dogs"),
        ("a dog asleep", "cats/dogs"),
        ("a dog asleep", "big dogs"),
        ("a dog asleep", "fear of dogs"),
        ("poppies in the draught", "poppy"),
        ("one poppy", "poppies"),
        ("wolves far off", "a wolf"),
        ("a mouse in the corn", "mice"),
        ("a child with a kite", "children"),
        ("my old houses", "my old house"),
        ("two puppies", "animals"),
        ("ferries", "water"),
        ("a moonlit lane", "in the dark"),
        ("a clown by the sea", "don\N{RIGHT SINGLE QUOTATION MARK}t show clowns"),
        ("a clown by the sea", "I don't like clowns"),
        ("a clown by the sea", "I don't want to see clowns"),
        ("a clown by the sea", "nothing with clowns"),
        ("a clown by the sea", "without clowns"),
        ("a clown by the sea", "I am afraid of clowns"),
        ("a bear in the snow", "polar bear"),
        ("a bear in the snow", "a bear or a wolf"),
        ("a bear in the snow", "I am scared of the bear"),
        ("a clown by the sea", "no more clowns"),
        ("a clown by the sea", "avoid clowns"),
        ("a clown by the sea", "clowns (they scare me)"),
        ("a clown by the sea", "clowns, because they frighten me"),
    ],
)
def test_what_was_meant_is_found(text: str, written: str) -> None:
    assert named_in(text, canonical(spelled_out([written])))


@pytest.mark.parametrize(("text", "written"), [("a house by a lane", "my old house"), ("a lamp of brass", "the sea")])
def test_what_was_not_meant_is_left_alone(text: str, written: str) -> None:
    assert not named_in(text, canonical(spelled_out([written])))


def test_tags_and_plain_words_stay_as_they_are_and_nothing_that_was_written_is_dropped() -> None:
    assert spelled_out(["water", "open_spaces", "clowns"]) == ("water", "open_spaces", "clowns")
    assert spelled_out(["the", "?!", "my house"]) == ("the", "?!", "house")


@pytest.mark.parametrize("written", ["the sea", "- sea", "sea.", '"sea"'])
def test_however_it_is_written_no_choice_and_no_vetted_scene_shows_it(written: str) -> None:
    triggers = canonical(spelled_out([written]))
    assert all(
        "sea" not in f"{one.alt} {one.spec.kind}".split() for one in standing(()) if not named_in(one.alt, triggers)
    )
    for seed in range(60):
        try:
            choice = choose(State("neutral"), (), Preferences(), triggers, seed=seed)
        except NothingStands:
            continue
        assert "sea" not in f"{choice.prompt} {choice.alt} {choice.line}".casefold().replace(",", " ").split()


def test_no_word_that_is_left_aside_names_what_a_tag_names() -> None:
    """But "scares", which begins as "scar" does."""
    assert {word for word in own_words._FILLING if named_in(word, tags())} <= {"scares"}
