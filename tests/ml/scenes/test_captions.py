"""A caption says what the scene shows and nothing else; alt text says it to people."""

from itertools import product

import numpy as np
import pytest

from ml.scenes.captions import ATTRIBUTES, alt_text, caption
from ml.scenes.spec import KINDS, STYLES, TIMES, WEATHERS, SceneSpec, lawful, sample
from ml.scenes.wording import read
from ml.scenes.words import HINTS, PHRASES

MANY = [sample(np.random.default_rng(seed)) for seed in range(500)]


def test_a_caption_names_only_what_is_there() -> None:
    for seed, spec in enumerate(MANY):
        text = caption(spec, np.random.default_rng(seed))
        meant = dict(zip(ATTRIBUTES, spec.words(), strict=True))
        assert read(text).found.items() <= meant.items(), text


@pytest.mark.parametrize(("attribute", "share"), [("kind", 0.9), ("time", 0.75), ("palette", 0.5), ("style", 0.5)])
def test_a_caption_mostly_names_the_attribute(attribute: str, share: float) -> None:
    texts = [caption(spec, np.random.default_rng(seed)) for seed, spec in enumerate(MANY)]
    assert sum(attribute in read(text).found for text in texts) / len(texts) > share


def test_a_caption_is_made_of_the_stock_of_words() -> None:
    spec = SceneSpec("lake", "dawn", "misty", "autumn", "cool", "ink")
    text = caption(spec, np.random.default_rng(1))
    for attribute, word in zip(ATTRIBUTES, spec.words(), strict=True):
        stock = (*PHRASES[attribute][word], *HINTS[attribute][word])
        said = any(phrase.removeprefix("a ") in text for phrase in stock)
        assert said == (attribute in read(text).found), (attribute, text)


def test_a_scene_is_said_in_many_ways_each_repeatable() -> None:
    spec = SceneSpec("forest", "golden", "rain", "spring", "earth", "gouache")
    texts = [caption(spec, np.random.default_rng(seed)) for seed in range(50)]
    assert len(set(texts)) > 45
    assert texts[9] == caption(spec, np.random.default_rng(9))
    assert all(text == text.strip(" ,") and ", ," not in text for text in texts)


def test_alt_text_is_a_sentence_for_every_scene_and_tells_them_apart() -> None:
    specs = {lawful(SceneSpec(*words, style=style)) for *words, style in product(KINDS, TIMES, WEATHERS, STYLES)}
    texts = {spec: alt_text(spec) for spec in specs}
    for text in texts.values():
        assert text[0].isupper()
        assert text.endswith(".")
        assert "  " not in text
    shown = {(spec.kind, spec.time, spec.weather, spec.style) for spec in specs}
    assert len(set(texts.values())) == len(shown)


def test_alt_text_does_not_speak_of_chance() -> None:
    assert alt_text(SceneSpec("sea", "dusk", seed=1)) == alt_text(SceneSpec("sea", "dusk", seed=2))
