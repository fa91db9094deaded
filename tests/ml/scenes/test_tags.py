"""Tags err on the wide side, and speak the words that the rest of the platform speaks."""

from itertools import product

import pytest

from ml.prompting.triggers import tags
from ml.scenes.kinds.room import view_kind
from ml.scenes.kinds.sea import sea_plan
from ml.scenes.kinds.town import by_water
from ml.scenes.spec import KINDS, SEASONS, TIMES, WEATHERS, SceneSpec, lawful
from ml.scenes.tags import MOODS, moods_of, techniques_of, triggers_of
from ml.vocabulary import TECHNIQUES

ALL = {
    lawful(SceneSpec(*words, seed=seed)) for *words, seed in product(KINDS, TIMES, WEATHERS, SEASONS, range(8))
}  # fmt: skip


def test_the_words_are_those_of_triggers_moods_and_techniques() -> None:
    for spec in ALL:
        assert triggers_of(spec) <= tags()
        assert moods_of(spec) <= set(MOODS)
        assert techniques_of(spec) <= set(TECHNIQUES)
        assert moods_of(spec)
        assert techniques_of(spec)


def test_every_mood_and_technique_has_a_scene() -> None:
    assert set().union(*(moods_of(spec) for spec in ALL)) == set(MOODS)
    assert set().union(*(techniques_of(spec) for spec in ALL)) == set(TECHNIQUES)


@pytest.mark.parametrize(
    ("tag", "touches"),
    [
        ("water", lambda spec: spec.kind in ("sea", "lake", "river")),
        ("dark", lambda spec: spec.time == "night"),
        ("storms", lambda spec: spec.weather == "rain"),
        ("cold", lambda spec: spec.weather == "snow" or spec.season == "winter"),
        ("enclosed", lambda spec: spec.kind in ("room", "forest")),
        ("water", lambda spec: spec.kind == "town" and by_water(spec)),
        ("water", lambda spec: spec.kind == "room" and view_kind(spec) == "lake"),
        ("heights", lambda spec: spec.kind == "room" and view_kind(spec) == "mountains"),
        ("vehicles", lambda spec: spec.kind == "sea" and sea_plan(spec).sail is not None),
    ],
)
def test_what_a_scene_shows_it_is_tagged_with(tag: str, touches: object) -> None:
    assert callable(touches)
    touching = [spec for spec in ALL if touches(spec)]
    assert touching
    assert all(tag in triggers_of(spec) for spec in touching)
