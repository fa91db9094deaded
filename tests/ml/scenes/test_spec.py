"""A scene's name holds only words of the vocabulary, and only scenes that can be."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from ml.scenes.spec import KINDS, SEASONS, TIMES, WEATHERS, SceneSpec, held_out, lawful, sample


@pytest.mark.parametrize("attribute", ["kind", "time", "weather", "season", "palette", "style"])
@pytest.mark.parametrize("word", ["", "volcano", "Lake", "day "])
def test_a_word_outside_the_vocabulary_is_refused(attribute: str, word: str) -> None:
    with pytest.raises(ValueError, match="is not one of"):
        replace(SceneSpec("lake"), **{attribute: word})


def test_every_scene_becomes_lawful_and_a_lawful_one_stays() -> None:
    for kind, time, weather, season in product(KINDS, TIMES, WEATHERS, SEASONS):
        spec = lawful(SceneSpec(kind, time, weather, season, "warm", "ink", 5))
        assert lawful(spec) == spec
        assert (spec.kind, spec.palette, spec.style, spec.seed) == (kind, "warm", "ink", 5)
        assert spec.season == "winter" or spec.weather != "snow"
        assert spec.time == "night" or spec.kind != "night_sky"
        assert spec.weather not in ("rain", "snow") or spec.kind not in ("night_sky", "desert")


def test_what_is_lawful_is_left_alone() -> None:
    for spec in (
        SceneSpec("desert", "dusk", "misty", "autumn"),
        SceneSpec("lake", "dawn", "snow", "winter"),
        SceneSpec("night_sky", "night", "cloudy", "spring"),
        SceneSpec("meadow", "night", "rain", "summer"),
    ):
        assert lawful(spec) == spec


def test_samples_are_lawful_repeatable_and_show_every_kind() -> None:
    specs = [sample(np.random.default_rng(seed)) for seed in range(300)]
    assert all(lawful(spec) == spec for spec in specs)
    assert specs[7] == sample(np.random.default_rng(7))
    assert {spec.kind for spec in specs} == set(KINDS)
    assert {spec.time for spec in specs} == set(TIMES)


def test_the_parts_of_a_scene_have_chances_of_their_own() -> None:
    spec = SceneSpec("sea", seed=3)
    assert spec.rng("clouds").integers(2**60) == spec.rng("clouds").integers(2**60)
    assert spec.rng("clouds").integers(2**60) != spec.rng("foam").integers(2**60)
    assert spec.rng("clouds").integers(2**60) != replace(spec, seed=4).rng("clouds").integers(2**60)


def test_some_combinations_are_held_out_whatever_else_the_scene_is() -> None:
    combinations = list(product(KINDS, TIMES, WEATHERS))
    kept = [combination for combination in combinations if held_out(SceneSpec(*combination))]
    assert 0.03 < len(kept) / len(combinations) < 0.15
    assert all(kind != "night_sky" for kind, _, _ in kept)
    for kind, time, weather in kept:
        assert held_out(SceneSpec(kind, time, weather, "winter", "earth", "ink", 99))
