"""The generic prompt of the paired choice: harmless in each wording, in the engine's style, and with no scene in it."""

from itertools import product

import pytest

from ml.prompting.generic import generic_prompt
from ml.safety.text import screen_text
from ml.safety.verdict import SafePrompt
from ml.scenes.spec import STYLES
from ml.scenes.wording import read
from ml.vocabulary import EMOTIONS


def test_each_wording_passes_the_text_layers_and_names_a_style_and_no_scene() -> None:
    for emotion, style in product(EMOTIONS, STYLES):
        words = generic_prompt(emotion, style)
        assert isinstance(screen_text(words.prompt, words.negative), SafePrompt), words.prompt
        assert read(words.prompt).found == {"style": style}


def test_an_unknown_feeling_or_style_has_no_wording() -> None:
    with pytest.raises(KeyError):
        generic_prompt("bliss", "ink")
    with pytest.raises(KeyError):
        generic_prompt("fear", "oil")
