"""How a trigger is found in a text."""

import re

import pytest

from ml.prompting import triggers
from ml.prompting.triggers import canonical, named_in


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ("A small boat on the LAKE", "water"),
        ("two lakes", "water"),
        ("a doghouse by the gate", "dogs"),
        ("the spider's thread", "Spiders"),
        ("a ﬁre in the hearth", "fire"),
        ("three puppies asleep", "puppies"),
        ("Open   spaces", "open spaces"),
    ],
)
def test_what_is_named_is_found(text: str, trigger: str) -> None:
    assert named_in(text, canonical((trigger,))) or canonical((trigger,)) == {"open_spaces"}


@pytest.mark.parametrize(
    ("text", "trigger"), [("a watercolour of hills", "water"), ("a catalogue", "animals"), ("buttercups", "food")]
)
def test_what_only_looks_alike_is_left_alone(text: str, trigger: str) -> None:
    assert not named_in(text, canonical((trigger,)))


def test_blank_triggers_exclude_nothing() -> None:
    assert canonical(("", "   ")) == frozenset()


def test_a_tag_may_be_written_with_spaces_or_hyphens() -> None:
    assert canonical(("Open spaces", "open-spaces")) == {"open_spaces"}


def test_a_patients_own_word_is_found_at_the_beginning_of_a_word_and_kept_nowhere() -> None:
    before = triggers._pattern.cache_info().currsize, len(re._cache)  # type: ignore[attr-defined]
    for text, there in (
        ("uncle robert canary", True),
        ("one uncle robert canarys hat", True),
        ("funcle robert canary", False),
    ):
        assert bool(named_in(text, canonical(["Uncle Robert Canary"]))) is there
    assert (triggers._pattern.cache_info().currsize, len(re._cache)) == before  # type: ignore[attr-defined]
