"""What patients write about things not to be shown, in the forms that are found in a picture's words."""

import re
from collections.abc import Iterator

import pytest

from ml.prompting import own_words
from ml.prompting.choose import NothingStands, choose
from ml.prompting.library import templates
from ml.prompting.own_words import spelled_out
from ml.prompting.state import Preferences, State
from ml.prompting.template import Template
from ml.prompting.triggers import canonical, named_in, tags
from ml.scenes.library import standing

IN_VES = ("half", "handkerchief", "leaf", "life", "loaf", "roof", "scarf", "self", "sheaf", "shelf", "turf")


def texts(template: Template) -> str:
    return f"{template.text} {template.alt} {template.line}".lower()


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
        ("under a clear sky", "skies"),
        ("two flies", "a fly"),
        ("one fly", "flies"),
        ("a red scarf", "scarves"),
        ("two knives", "a knife"),
        ("seven lamp-posts", "lamp post"),
        ("a lamp post", "lamp-posts"),
        ("a lamp post", "lamp\N{NON-BREAKING HYPHEN}post"),
        ("one hot-air balloon", "hot air balloon"),
        ("a cable car of a ski lift high up", "cable-car of a ski-lift high-up"),
        ("a snowman", "snowmen"),
        ("a cactus", "cacti"),
    ],
)
def test_what_was_meant_is_found(text: str, written: str) -> None:
    assert named_in(text, canonical(spelled_out([written])))


WORDS = sorted({word for one in templates() for word in re.findall(r"[a-z]{3,}", texts(one))})
"""Every word of the library, its nouns among them: that a verb has a plural here does no harm."""
COMPOUNDS = sorted({word for one in templates() for word in re.findall(r"[a-z]+(?:-[a-z]+)+", texts(one))})


def plurals(word: str) -> Iterator[str]:
    """What the plural of a noun may be."""
    if re.search("(?:[sxz]|ch|sh)$", word):
        yield f"{word}es"
    elif re.search("[^aeiou]y$", word):
        yield f"{word[:-1]}ies"
    elif word in IN_VES:
        yield re.sub("fe?$", "ves", word)
    else:
        yield f"{word}s"


def test_each_word_of_the_library_is_found_by_its_plural_and_by_its_singular() -> None:
    pairs = [(word, many) for word in WORDS if word not in own_words._FILLING | tags() for many in plurals(word)]
    assert len(pairs) > 3000
    missed = [(word, many) for word, many in pairs if not named_in(word, canonical(spelled_out([many])))]
    missed += [(many, word) for word, many in pairs if not named_in(many, canonical(spelled_out([word])))]
    assert missed == []


def test_a_noun_that_is_left_out_in_either_number_stands_in_no_scene_that_is_left() -> None:
    """Words that change on the way, in whole texts: those that stand hold neither form."""
    for one, many in (("sky", "skies"), ("fly", "flies"), ("scarf", "scarves"), ("half", "halves"), ("pie", "pies")):
        assert [text for text in map(texts, templates()) if re.search(rf"\b(?:{one}|{many})\b", text)]
        for written in (one, many):
            triggers = canonical(spelled_out([written]))
            left = [text for text in map(texts, templates()) if not named_in(text, triggers)]
            assert not [text for text in left if re.search(rf"\b(?:{one}|{many})\b", text)]


def test_a_word_with_a_hyphen_is_found_without_it_and_in_the_plural() -> None:
    assert len(COMPOUNDS) > 100
    for word in COMPOUNDS:
        apart = word.replace("-", " ")
        for written, text in ((apart, word), (word, apart), (f"{apart}s", word), (apart, f"{word}s")):
            assert named_in(text, canonical(spelled_out([written]))), (written, text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a house by a lane", "my old house"),
        ("a lamp of brass", "the sea"),
        ("a quiet cave", "a cafe"),
        ("a part of the lake", "party"),
        ("a part of the lake", "parties"),
        ("a part of the lake", "no big parties"),
        ("the spiral of a shell", "spy"),
        ("the spiral of a shell", "spies"),
        ("the flight of a kite, a flint, a flicker", "flies"),
        ("two skis by a wall", "skies"),
        ("an arm of the sea", "armies"),
        ("a lilt in the song", "lilies"),
        ("a bell at noon", "bellies"),
        ("light on a crisp morning", "cries"),
        ("a bicycle tyre", "ties"),
        ("a moving cloud", "movies"),
        ("a living hedge", "life"),
    ],
)
def test_what_was_not_meant_is_left_alone(text: str, written: str) -> None:
    assert not named_in(text, canonical(spelled_out([written])))


def test_tags_and_plain_words_stay_as_they_are_and_nothing_that_was_written_is_dropped() -> None:
    assert spelled_out(["water", "open_spaces", "clowns"]) == ("water", "open_spaces", "clowns")
    assert spelled_out(["party", "pies"]) == ("party", "partie", "pie")
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
