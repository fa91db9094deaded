"""What a patient wants and a clinician prefers: it leans, it fills slots from a closed list, and it says so."""

import json
from dataclasses import replace

import pytest

from ml.prompting.choose import Choice, NothingStands, choose
from ml.prompting.library import by_id, templates
from ml.prompting.recorded import decide
from ml.prompting.slots import SLOTS, goals, liked_places
from ml.prompting.state import Preferences, State
from ml.prompting.technique import PREFERRED_REASON, leanings
from ml.vocabulary import TECHNIQUES

SAD = State("sadness", 0.5)
PERSONAL = frozenset(template.id for template in templates() if template.slots() & SLOTS)
ONLY_PERSONAL = frozenset(by_id()) - PERSONAL


def chosen(preferences: Preferences, *, seeds: int = 40, state: State = SAD) -> list[Choice]:
    return [choose(state, (), preferences, seed=seed) for seed in range(seeds)]


def test_without_a_goal_or_place_no_scene_that_needs_one_is_chosen() -> None:
    nothing = Preferences(blocked_templates=ONLY_PERSONAL)
    with pytest.raises(NothingStands):
        choose(SAD, (), nothing)
    only_goal = {one.template for one in chosen(replace(nothing, goals=("rest",)))}
    assert all("liked_place" not in by_id()[template].slots() for template in only_goal)


def test_a_goal_is_painted_said_and_given_as_a_reason() -> None:
    wanted = Preferences(goals=("courage",), blocked_templates=ONLY_PERSONAL)
    for choice in chosen(wanted, seeds=12):
        assert goals()["courage"].shows in choice.prompt
        assert any("courage" in reason for reason in choice.reasons)
        assert "{" not in choice.prompt + choice.alt + choice.line


def test_scenes_with_a_patients_own_goal_come_first() -> None:
    techniques = frozenset(TECHNIQUES) - {"behavioural_activation"}
    wanted = Preferences(liked_places=("sea",), blocked_techniques=techniques)
    first = [one.template for one in chosen(wanted)]
    cell = sum(one.technique == "behavioural_activation" and "sadness" in one.emotions for one in templates())
    assert sum(template in PERSONAL for template in first) > 5 * len(first) / cell


def test_of_several_goals_each_has_its_turn() -> None:
    wanted = Preferences(goals=("rest", "joy", "work"), blocked_templates=ONLY_PERSONAL)
    prompts = [one.prompt for one in chosen(wanted)]
    assert all(any(goals()[goal].shows in prompt for prompt in prompts) for goal in wanted.goals)


def test_a_place_that_is_a_trigger_or_that_was_blocked_fills_no_slot() -> None:
    liked = Preferences(liked_places=("sea", "forest"), blocked_templates=ONLY_PERSONAL)
    told = [choose(SAD, (), liked, ("water",), seed=seed).prompt for seed in range(20)]
    told += [one.prompt for one in chosen(replace(liked, blocked_kinds=frozenset({"sea"})), seeds=20)]
    told += [choose(SAD, (), liked, ("sea",), seed=seed).prompt for seed in range(20)]
    assert all("a green forest" in prompt and "the sea" not in prompt for prompt in told)


@pytest.mark.parametrize("field", ["goals", "liked_places"])
def test_a_free_word_is_refused_before_it_could_be_painted(field: str) -> None:
    with pytest.raises(ValueError, match="unknown goal or place"):
        replace(Preferences(), **{field: ("my late aunt's garden",)})  # type: ignore[arg-type]  # by name


def test_a_preferred_way_of_working_is_taken_more_often_and_named() -> None:
    calm = State("neutral", 0.3)
    before = [one.technique for one in chosen(Preferences(), state=calm)].count("cognitive_restructuring")
    after = chosen(Preferences(techniques=("cognitive_restructuring",)), state=calm)
    named = [one for one in after if one.technique == "cognitive_restructuring"]
    assert len(named) > before
    assert all(PREFERRED_REASON in one.reasons for one in named)
    assert all(one.reasons.count(PREFERRED_REASON) <= 1 for one in after)


def test_a_goal_leans_to_what_goes_with_it_and_never_to_exposure() -> None:
    for goal, value in goals().items():
        plain, leaning = (leanings(SAD, (), Preferences(goals=wish))[0] for wish in ((), (goal,)))
        gained = {name: leaning[name] - plain[name] for name in TECHNIQUES}
        assert gained == {name: value.leans.get(name, 0.0) for name in TECHNIQUES}
        assert not gained["progressive_exposure"]


def test_above_the_ceiling_a_hard_feeling_is_only_steadied_and_the_reason_says_so() -> None:
    low = Preferences(intensity_ceiling=0.3, ladder_approved=True)
    for state in (SAD, State("fear", 0.31), State("anger", 1.0)):
        for choice in chosen(low, seeds=8, state=state):
            assert choice.technique == "mindfulness"
            assert any("only steadies" in reason for reason in choice.reasons)
    glad = chosen(low, seeds=20, state=State("happiness", 0.9))
    assert {one.technique for one in glad} != {"mindfulness"}


def test_a_template_that_is_closed_to_everyone_is_not_counted_as_a_patients_wish() -> None:
    water = frozenset(template.id for template in templates() if "water" in template.contraindications)
    closed = chosen(Preferences(closed_templates=water), seeds=10)
    assert not {one.template for one in closed} & water
    assert not any("asked not to see" in reason for one in closed for reason in one.reasons)


def test_a_language_without_templates_falls_back_to_english_and_says_so() -> None:
    for tag, told in (("", False), ("en", False), ("en-GB", False), ("de-CH", True), ("fr", True)):
        choice = choose(SAD, (), Preferences(language=tag), seed=4)
        assert any("your language" in reason for reason in choice.reasons) is told


def test_wishes_and_limits_come_back_from_the_log_as_they_were_told() -> None:
    inputs = {
        "state": {"emotion": "sadness", "intensity": 0.5, "season": "winter", "day_time": "night"},
        "history": [], "kinds": ["sea"], "goals": ["calm"], "liked_places": ["sea"], "language": "de",
        "techniques": ["mindfulness"], "blocked_techniques": ["cognitive_restructuring"], "intensity_ceiling": 0.6,
        "blocked_kinds": [], "closed_templates": [], "ladder_approved": False, "triggers": [],
        "offered": ["photo", "ink"],
    }  # fmt: skip
    for seed in range(10):
        told = Preferences(
            kinds=("sea",), goals=("calm",), liked_places=("sea",), language="de", techniques=("mindfulness",),
            blocked_techniques=frozenset({"cognitive_restructuring"}), intensity_ceiling=0.6, offered=("photo", "ink"),
        )  # fmt: skip
        state = State("sadness", 0.5, season="winter", day_time="night")
        assert decide(json.loads(json.dumps(inputs)), seed) == choose(state, (), told, (), seed=seed)


def test_every_place_can_be_taken_up_by_what_names_no_trigger_of_it() -> None:
    """A patient who bears everything but what the place itself is still gets scenes with it."""
    for key in liked_places():
        choice = choose(SAD, (), Preferences(liked_places=(key,), blocked_templates=ONLY_PERSONAL), seed=1)
        assert liked_places()[key].shows in choice.prompt
