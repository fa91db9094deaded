"""The lint of the template library: schema, cells, distances, reading age, contraindications."""

import re
import shutil
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from ml.prompting import library, slots
from ml.prompting.library import digest, templates
from ml.prompting.phrase import PALETTES, PLACES, STYLE_WORDS, TIMES, WEATHERS, Words, words
from ml.prompting.slots import SLOTS, goals, liked_places
from ml.prompting.state import DAY_TIMES, SEASONS, State
from ml.prompting.template import Template
from ml.prompting.triggers import named_in, tags
from ml.prompting.unsaid import LONGEST, says_what_it_must_not
from ml.scenes import spec
from ml.vocabulary import EMOTIONS, TECHNIQUES
from tests.ml.prompting.fillings import excluded, fillings

ALL = templates()
ANY_STATE = State("neutral", season="summer", day_time="evening")
READING_GRADE = 6.5
"""Flesch-Kincaid: what an eleven- or twelve-year-old reads with ease."""


def said(finished: Words) -> str:
    return " ".join((finished.prompt, finished.alt, finished.line))


def lines(template: Template) -> set[str]:
    """What the patient may read beside it."""
    return {words(template, ANY_STATE, "ink", personal).line for personal in fillings(template)}


def test_the_library_holds_what_was_promised() -> None:
    """The paper speaks of 847 templates."""
    assert len(ALL) >= 847


def test_a_decision_names_the_slots_and_the_templates_by_one_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "templates"
    shutil.copytree(library.FOLDER, copy)
    monkeypatch.setattr(library, "FOLDER", copy)
    assert digest.__wrapped__() == digest()
    for name in ("slots.toml", "mindfulness/fear.toml"):
        (copy / name).write_text((copy / name).read_text("utf-8") + "\n# another word\n", "utf-8")
        assert digest.__wrapped__() != digest()
        shutil.copy(Path(slots.__file__).parent / "templates" / name, copy / name)


def test_every_cell_holds_at_least_twenty_templates() -> None:
    cells = Counter((template.technique, template.emotions[0]) for template in ALL)
    assert set(cells) == {(technique, emotion) for technique in TECHNIQUES for emotion in EMOTIONS}
    assert min(cells.values()) >= 20


def test_the_painter_knows_every_scene_word() -> None:
    assert set(PLACES) == set(spec.KINDS)
    assert set(TIMES) == set(spec.TIMES)
    assert set(WEATHERS) == set(spec.WEATHERS)
    assert set(PALETTES) == set(spec.PALETTES)
    assert set(STYLE_WORDS) == set(spec.STYLES)
    assert spec.SEASONS == SEASONS


def test_every_template_becomes_a_lawful_scene_in_every_season_and_style() -> None:
    for template in ALL:
        for season in SEASONS:
            filling = next(fillings(template))
            finished = words(template, State("neutral", season=season, day_time=DAY_TIMES[0]), "ink", filling)
            assert finished.scene == spec.lawful(finished.scene)
            assert finished.scene.kind == template.kind


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.id)
def test_contraindications_are_complete_for_what_the_text_names(template: Template) -> None:
    for personal in fillings(template):
        finished = words(template, ANY_STATE, "watercolour", personal)
        assert named_in(said(finished), tags()) <= excluded(template, personal)


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.id)
def test_the_line_is_readable_at_twelve(template: Template) -> None:
    for line in lines(template):
        assert reading_grade(line) <= READING_GRADE, line
        assert len(line) <= LONGEST


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.id)
def test_the_line_promises_orders_and_diagnoses_nothing(template: Template) -> None:
    assert not [line for line in lines(template) if says_what_it_must_not(line)]
    assert not says_what_it_must_not(template.alt)


def test_each_technique_has_scenes_that_take_up_goals_and_places() -> None:
    for technique in TECHNIQUES:
        own = [template.slots() & SLOTS for template in ALL if template.technique == technique]
        assert sum(bool(asks) for asks in own) >= 7
        assert {"goal", "liked_place"} <= frozenset().union(*own)


def test_what_fills_a_slot_is_marked_with_every_trigger_that_it_names() -> None:
    for value in (*goals().values(), *liked_places().values()):
        assert named_in(f"{value.shows} {value.says}", tags()) <= value.triggers <= tags()
        assert set(value.leans) <= set(TECHNIQUES)
    assert set(liked_places()) == set(spec.KINDS)


def test_texts_are_painted_positively() -> None:
    """An image model paints what is named, denied or not: what is unwanted stands in the negative prompt."""
    for template in ALL:
        assert not re.search(r"\b(blood|weapon|knife|dead|gun)\b", template.text.lower()), template.id
        assert template.negative, template.id


def test_no_two_templates_share_more_than_a_tenth_of_their_four_grams() -> None:
    grams = {template.id: four_grams(template.text) for template in ALL}
    for (one, first), (other, second) in combinations(grams.items(), 2):
        assert len(first & second) <= 0.1 * min(len(first), len(second)), (one, other)


def test_no_two_templates_share_a_line_an_alt_text_or_an_id() -> None:
    for values in ([t.line for t in ALL], [t.alt for t in ALL], [t.id for t in ALL]):
        assert len(values) == len(set(values))


def test_every_template_names_its_source() -> None:
    assert all(re.search(r"\b(19|20)\d\d\b", template.reference) for template in ALL)


def test_the_digest_names_this_library() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", digest())


def four_grams(text: str) -> set[tuple[str, ...]]:
    found = re.findall(r"[a-z']+", text.lower())
    return set(zip(found, found[1:], found[2:], found[3:], strict=False))


def reading_grade(text: str) -> float:
    """Flesch-Kincaid grade (Kincaid et al., 1975), syllables counted as groups of vowels."""
    found = re.findall(r"[a-z']+", text.lower())
    sentences = max(1, len(re.findall(r"[.!?]", text)))
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word)))) for word in found)
    return 0.39 * len(found) / sentences + 11.8 * syllables / len(found) - 15.59
