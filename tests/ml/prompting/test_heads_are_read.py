"""The line that stands before each prompt is read by the small painter as the scene that it names."""

from itertools import product

import pytest

from ml.prompting.library import templates
from ml.prompting.phrase import head, scene, words
from ml.prompting.state import State
from ml.scenes.spec import KINDS, PALETTES, STYLES, TIMES, WEATHERS, SceneSpec, lawful
from ml.scenes.wording import read
from tests.ml.prompting.fillings import fillings


@pytest.mark.parametrize("kind", KINDS)
def test_every_head_is_read_as_its_scene(kind: str) -> None:
    for time, weather, palette, style in product(TIMES, WEATHERS, PALETTES, STYLES):
        spec = lawful(SceneSpec(kind, time, weather, "autumn", palette, style))
        reading = read(head(spec))
        assert (reading.spec, reading.guessed) == (spec, False), head(spec)


@pytest.mark.parametrize("season", ["spring", "winter"])
def test_no_template_is_painted_as_another_scene_than_it_names(season: str) -> None:
    state = State("neutral", season=season, day_time="evening")
    for template in templates():
        personal = next(fillings(template))
        assert read(words(template, state, "ink", personal).prompt).spec == scene(template, state, "ink"), template.id
