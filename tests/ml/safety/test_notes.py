"""What patients write: what a person should read is found more often than not, what is ordinary is mostly left alone.

The bars are what was measured on lines that nobody tuned on, with a little room; they are low, and the pages say so.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from ml.safety import meaning
from ml.safety.language.labels import LABELS as EVERY
from ml.safety.language.reader import Reading
from ml.safety.notes import LABELS, OTHER, Named, read_note, reader

LINES: dict[str, Any] = tomllib.loads(Path(__file__).with_name("notes.toml").read_text("utf-8"))


def labels(text: str) -> dict[str, Named]:
    return {one.label: one for one in read_note(text)}


@pytest.mark.parametrize(("half", "least"), [("tune", 0.85), ("held", 0.8)])
def test_most_of_what_a_person_should_read_is_found(half: str, least: float) -> None:
    lines = [line for texts in LINES[half]["named"].values() for line in texts]
    missed = [line for line in lines if not read_note(line)]
    assert 1 - len(missed) / len(lines) >= least, missed


@pytest.mark.parametrize("half", ["tune", "held"])
def test_few_ordinary_lines_call_a_person(half: str) -> None:
    lines = LINES[half]["ordinary"]["lines"]
    wrong = [line for line in lines if read_note(line)]
    assert len(wrong) / len(lines) <= 0.16, wrong


def test_what_is_none_of_the_four_labels_still_calls_a_person() -> None:
    assert set(LINES["held"]["named"]) == set(LABELS)
    assert set(labels("I have drunk a bottle of vodka every evening this week.")) == {OTHER}


@pytest.mark.parametrize(("named", "found"), [(0.15, {"self_harm"}), (0.05, set())])
def test_a_note_below_the_bar_calls_a_person_when_it_names_self_harm(
    named: float, found: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    likely = {**dict.fromkeys(EVERY, 0.01), "self_harm": named}
    monkeypatch.setattr(meaning, "reading", lambda _text, _kind: Reading(0.6, likely, 0.7, 0.5))
    assert set(labels("I have put everything in order for them.")) == found


def test_what_the_encoder_cannot_read_calls_a_person() -> None:
    assert set(labels("x" * 80)) == {OTHER}


def test_a_text_without_letters_names_nothing() -> None:
    assert read_note("🙂🌊🔪 … 10/10 !!!") == ()
    assert read_note("") == ()


def test_a_sentence_in_the_middle_of_a_long_text_is_found() -> None:
    ordinary = "We went to the market and bought apples, and then my sister called about the garden. " * 15
    found = labels(f"{ordinary}Sometimes I think that I want to kill myself. {ordinary}")
    assert found["self_harm"] == Named("self_harm", 1.0, "words", denied=False)
    assert "self_harm" not in labels(ordinary * 2)


def test_what_is_denied_is_kept_apart_from_what_is_said() -> None:
    assert labels("I don't want to die.")["self_harm"].denied
    assert not labels("I want to die.")["self_harm"].denied
    assert not labels("I don't want to die. But I want to kill myself.")["self_harm"].denied
    assert not labels("I don't want to die. I keep the tablets here so that I can end my life on Friday.")[
        "self_harm"
    ].denied


@pytest.mark.parametrize(
    "text", ["Ich will nicht mehr leben", "No quiero vivir", "хочу умереть", "もう死にたい", "Je veux mourir."]
)
def test_words_of_other_languages_are_found(text: str) -> None:
    assert labels(text)["self_harm"].by == "words"


@pytest.mark.parametrize(
    "text", ["My knee is killing me.", "I was dying to see it, a picture to die for", "I had a panic attack"]
)
def test_figures_of_speech_are_left_alone(text: str) -> None:
    assert read_note(text) == ()


def test_a_reading_names_its_lists_and_its_encoder() -> None:
    assert reader().startswith("notes-2@")
    assert " safety-text@" in reader()
