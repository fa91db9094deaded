"""What the words of the library mean: each template a scene of its own, and none that the safety layers refuse."""

import numpy as np
import pytest

from ml.prompting.library import templates
from ml.prompting.phrase import words
from ml.prompting.slots import SLOTS
from ml.prompting.state import DAY_TIMES, SEASONS, State
from ml.prompting.template import Template
from ml.safety.embedding import packaged
from ml.safety.text import screen_text
from ml.safety.verdict import Refusal
from ml.scenes.spec import STYLES
from ml.vocabulary import TECHNIQUES
from tests.ml.prompting.fillings import fillings

SAME = 0.92
"""From this cosine on two texts say the same."""
CORE = 0.5
"""Below this cosine two scenes are of different places and acts."""
NEAR = 0.6
"""From this share of what would refuse a prompt on, another style or season may: they move a score by 0.3 of it."""
PLAIN = "watercolour"
"""The style in which every value of every slot is read."""


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    texts = [template.text for template in templates()]
    return np.concatenate([packaged().encode(texts[start : start + 32]) for start in range(0, len(texts), 32)])


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_no_two_scenes_of_a_technique_mean_the_same(technique: str, vectors: np.ndarray) -> None:
    likeness = _likeness(technique, vectors)
    assert likeness.max() < SAME


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_each_technique_has_sixty_scenes_that_are_far_apart(technique: str, vectors: np.ndarray) -> None:
    likeness, cores = _likeness(technique, vectors), list[int]()
    for row in range(len(likeness)):
        if all(likeness[row, core] < CORE for core in cores):
            cores.append(row)
    assert len(cores) >= 60


@pytest.mark.timeout(300)
def test_the_safety_layers_refuse_none_of_them_with_any_value_of_its_slots() -> None:
    nobodys = [template for template in templates() if not template.slots() & SLOTS]
    assert [one.id for one in nobodys for prompt in _prompts(one) if _is_refused(*prompt)] == []


@pytest.mark.timeout(300)
def test_nor_with_any_goal_or_liked_place_of_a_patient() -> None:
    own = [template for template in templates() if template.slots() & SLOTS]
    assert [one.id for one in own for prompt in _prompts(one) if _is_refused(*prompt)] == []


@pytest.mark.timeout(600)
def test_nor_in_any_style_and_season() -> None:
    """Those that come near the line in the style and season that move most of them towards it."""
    near = [one for one in templates() if _nearness(*_said(one, "ink", "autumn")) > NEAR]
    assert near
    every = [(one, style, season) for one in near for style in STYLES for season in SEASONS]
    assert [case[0].id for case in every if _is_refused(*_said(*case))] == []


def _likeness(technique: str, vectors: np.ndarray) -> np.ndarray:
    rows = [row for row, template in enumerate(templates()) if template.technique == technique]
    likeness: np.ndarray = vectors[rows] @ vectors[rows].T
    np.fill_diagonal(likeness, 0)
    return likeness


def _prompts(template: Template) -> set[tuple[str, str]]:
    seasons = SEASONS if "season" in template.slots() else SEASONS[:1]
    times = DAY_TIMES if "day_time" in template.slots() else DAY_TIMES[:1]
    states = [State("neutral", season=season, day_time=time) for season in seasons for time in times]
    made = [words(template, state, PLAIN, own) for state in states for own in fillings(template)]
    return {(one.prompt, one.negative) for one in made}


def _said(template: Template, style: str, season: str) -> tuple[str, str]:
    state = State("neutral", season=season, day_time="evening")
    made = words(template, state, style, next(fillings(template)))
    return made.prompt, made.negative


def _nearness(prompt: str, negative: str) -> float:
    """The highest score as a share of what would refuse; 1 and more: refused."""
    verdict = screen_text(prompt, negative).verdict
    limits, scores = dict(verdict.thresholds), dict(verdict.labels)
    return 1.0 if not verdict.allowed else max((scores[name] / limits[name] for name in limits), default=0.0)


def _is_refused(prompt: str, negative: str) -> bool:
    return isinstance(screen_text(prompt, negative), Refusal)
