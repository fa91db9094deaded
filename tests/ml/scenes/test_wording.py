"""Free text is read in the painter's own words, and what it cannot read is said."""

import numpy as np
import pytest

from ml.scenes.captions import ATTRIBUTES
from ml.scenes.spec import lawful, sample
from ml.scenes.wording import PARTS, places_named, read, say, vocabulary
from ml.scenes.words import CALM, HINTS, PHRASES


@pytest.mark.parametrize("table", [PHRASES, HINTS], ids=["phrases", "hints"])
@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_every_word_of_a_caption_is_read_back(table: dict[str, dict[str, tuple[str, ...]]], attribute: str) -> None:
    for word, phrases in table[attribute].items():
        for phrase in phrases:
            assert read(phrase).found == {attribute: word}, phrase


@pytest.mark.parametrize("mood", CALM)
def test_a_mood_before_a_place_does_not_change_the_place(mood: str) -> None:
    for word, phrases in PHRASES["kind"].items():
        for phrase in phrases:
            reading = read(f"the {mood} {phrase.removeprefix('a ').removeprefix('the ')}")
            assert reading.found == {"kind": word}, phrase


def test_all_six_attributes_of_one_prompt() -> None:
    reading = read("Watercolour of a still lake at dawn, morning fog, autumn leaves, cool blue tones")
    assert reading.found == {
        "style": "watercolour", "kind": "lake", "time": "dawn", "weather": "misty", "season": "autumn",
        "palette": "cool",
    }  # fmt: skip
    assert reading.spec.words() == ("lake", "dawn", "misty", "autumn", "cool", "watercolour")
    assert (reading.unknown, reading.guessed) == ((), False)


def test_unknown_words_are_reported_in_order_each_once() -> None:
    reading = read("Two giraffes beside a lake, giraffes at NOON with the umbrellas")
    assert reading.unknown == ("two", "giraffes", "umbrellas")
    assert (reading.spec.kind, reading.spec.time) == ("lake", "day")
    assert "giraffes" not in reading.text


def test_nearby_words_mean_what_the_painter_knows() -> None:
    for text, kind in {"a beach": "sea", "an orchard": "garden", "a cottage": "town", "a canyon": "desert"}.items():
        assert read(text).spec.kind == kind
    assert read("a lighthouse at midnight").found == {"kind": "sea", "time": "night"}


def test_every_place_of_a_text_is_found_in_either_number_and_under_its_longest_phrase() -> None:
    assert places_named("a river through meadows, with two boats and a starry sky") == {
        "river through meadows": "river", "boat": "sea", "starry sky": "night_sky",
    }  # fmt: skip
    assert places_named("Beaches and gardens, calm and blue.") == {"beach": "sea", "garden": "garden"}
    assert places_named("") == {}


def test_parts_point_to_a_kind_of_place_and_are_no_name_of_it() -> None:
    named = {phrase for group in PHRASES["kind"].values() for phrase in group}
    for part in PARTS:
        assert vocabulary()[part][0] == "kind"
        assert list(places_named(f"and {part} there")) == [part]
    assert not PARTS & named


def test_the_longest_phrase_and_the_first_mention_win() -> None:
    assert read("a river through meadows").found == {"kind": "river"}
    assert read("a field of wildflowers by a lake").spec.kind == "meadow"
    assert read("a lake by a field of wildflowers").spec.kind == "lake"


@pytest.mark.parametrize("prompt", ["", "giraffes", "calm and safe", "snow at night", "1234 %$", "雪の湖"])
def test_without_a_place_one_is_guessed_always_the_same(prompt: str) -> None:
    reading = read(prompt)
    assert reading.guessed
    assert "kind" not in reading.found
    assert reading == read(prompt)
    assert read(reading.text).spec.kind == reading.spec.kind


def test_what_is_not_said_is_plain_and_is_not_put_into_the_caption() -> None:
    reading = read("a garden")
    assert reading.spec.words() == ("garden", "day", "clear", "summer", "natural", "photo")
    assert reading.text == "a garden"


def test_a_prompt_that_cannot_be_is_read_as_the_nearest_that_can() -> None:
    reading = read("the night sky by day in snow, summer")
    assert lawful(reading.spec) == reading.spec
    assert reading.spec.time == "night"
    assert read(reading.text).spec.words()[:3] == reading.spec.words()[:3]


def test_what_is_said_is_read_back() -> None:
    for seed in range(300):
        spec = sample(np.random.default_rng(seed))
        said = dict(zip(ATTRIBUTES, spec.words(), strict=True))
        assert read(say(said)).found == said
    assert say({}) == ""


def test_alt_text_says_what_was_read() -> None:
    assert read("gouache of a harbour town at night in rain").alt.endswith("at night, in gentle rain, in gouache.")
