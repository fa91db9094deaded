"""A word that the painter does not know is read as the nearest that it does, where the prompt leaves that open."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from ml.safety.embedding import packaged
from ml.scenes.nearby import BARS, MISLEADING, Thesaurus, said_of, targets
from ml.scenes.wording import read, vocabulary


@pytest.fixture(scope="module")
def thesaurus() -> Thesaurus:
    return Thesaurus(packaged().encode)


def test_a_near_word_is_read_as_a_known_one_and_a_far_one_as_none(thesaurus: Thesaurus) -> None:
    words = ("giraffe", "cornflowers", "knife", "yacht", "noontime", "somebody")
    assert thesaurus.nearest(words) == {"cornflowers": "wildflowers", "yacht": "sailboat", "noontime": "noon"}


@pytest.mark.parametrize(
    "word",
    [
        "cold",
        "dark",
        "red",
        "cloudburst",
        "dry",
        "paint",
        "picture",
        "drawn",
        "wooden",
        "falling",
        "rows",
        "parked",
        "wet",
    ],
)
def test_opposites_colours_and_second_senses_are_read_as_nothing(thesaurus: Thesaurus, word: str) -> None:
    assert thesaurus.nearest([word]) == {}


@pytest.mark.parametrize("feeling", ["angry", "disgust", "afraid", "happy", "sad", "surprised", "feels", "good", "bad"])
def test_no_feeling_is_read_as_a_scene(thesaurus: Thesaurus, feeling: str) -> None:
    assert thesaurus.nearest([feeling]) == {}


def test_a_word_is_encoded_once() -> None:
    asked: list[str] = []

    def encode(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        asked.extend(texts)
        return packaged().encode(texts)

    counted = Thesaurus(encode)
    before = len(asked)
    first, again = counted.nearest(("yacht", "giraffe")), counted.nearest(("giraffe", "yacht", "yacht"))
    assert first == again == {"yacht": "sailboat"}
    assert asked[before:] == ["yacht", "giraffe"]


def test_words_are_read_as_single_known_words_that_mislead_nobody() -> None:
    assert vocabulary().keys() >= MISLEADING
    assert not MISLEADING & set(targets())
    assert all(" " not in word and vocabulary()[word][0] in BARS for word in targets())


def test_what_may_be_said_of_a_picture_are_its_synonyms_and_a_places_alt_text() -> None:
    assert {"fog", "mist", "hazy"} <= set(said_of("fog"))
    assert not {"rain", "sea"} & set(said_of("fog"))
    assert "A room with a window, a plant and a cup on the table by day, a clear sky outside." in said_of("desk")


def test_a_near_word_says_what_the_prompt_leaves_open() -> None:
    reading = read("a yacht at dawn", {"yacht": "sailboat"})
    assert (reading.text, reading.guessed) == ("the sea at dawn", False)
    assert (reading.unknown, reading.read_as) == ((), (("yacht", "sailboat"),))


def test_a_near_word_never_goes_against_what_the_prompt_says() -> None:
    for prompt in ("a meadow at dawn, a yacht", "a yacht beside a meadow at dawn"):
        reading = read(prompt, {"yacht": "sailboat"})
        assert reading.text == "a meadow at dawn"
        assert (reading.unknown, reading.read_as) == (("yacht",), ())


def test_a_near_word_that_agrees_with_the_prompt_is_no_unknown_word() -> None:
    reading = read("the sea at dawn, a yacht", {"yacht": "sailboat"})
    assert reading.text == read("the sea at dawn").text
    assert (reading.unknown, reading.read_as) == ((), (("yacht", "sailboat"),))


def test_a_near_word_breaks_no_law_of_scenes() -> None:
    for prompt, near in {
        "the night sky, daytime": {"daytime": "daylight"},
        "a desert, downpours": {"downpours": "rain"},
        "a lake in summer, snowfields": {"snowfields": "snow"},
    }.items():
        reading = read(prompt, near)
        assert (reading.unknown, reading.read_as) == (tuple(near), ())
        assert reading.text == read(prompt).text


def test_known_words_and_nearby_ones_of_the_list_come_first() -> None:
    near = {"lake": "desert", "lighthouse": "desert", "dawn": "night"}
    assert read("a lake at dawn", near) == read("a lake at dawn")
    assert read("a lighthouse", near) == read("a lighthouse")


def test_the_first_of_two_near_words_wins_and_the_other_stays_unknown() -> None:
    near = {"yacht": "sailboat", "cornflowers": "wildflowers"}
    reading = read("cornflowers and a yacht", near)
    assert reading.spec.kind == "meadow"
    assert (reading.unknown, reading.read_as) == (("yacht",), (("cornflowers", "wildflowers"),))


def test_what_is_not_of_the_vocabulary_is_never_read() -> None:
    assert read("a yacht", {"yacht": "a gun"}) == read("a yacht")
