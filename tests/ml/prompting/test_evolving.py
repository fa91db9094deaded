"""The storm clears as the patient calms: pictures of a sitting that follow one another."""

from dataclasses import replace

import pytest

from ml.prompting.choose import Choice, choose
from ml.prompting.evolving import REASON, SOON_S, is_next, may_stay
from ml.prompting.library import by_id, templates
from ml.prompting.state import Preferences, Shown, State
from ml.prompting.template import Template

ON = Preferences(evolving=True, techniques=("mindfulness",))
STORMS = [one for one in templates() if one.technique == "mindfulness" and one.weather in ("rain", "snow")]
CALMED, EASING, HELD = State("neutral", 0.3), State("fear", 0.4, trend=-0.4), State("fear", 0.4)


def after(template: Template, **facts: object) -> tuple[Shown, ...]:
    return (Shown(template.id, "fear", **({"age_s": 120.0} | facts)),)  # type: ignore[arg-type]


def chosen(state: State, history: tuple[Shown, ...], preferences: Preferences = ON) -> list[Choice]:
    return [choose(state, history, preferences, technique="mindfulness", seed=seed) for seed in range(12)]


def share_of_next(state: State, preferences: Preferences = ON, **facts: object) -> float:
    """How often the choice after a stormy picture goes on from it, over many stormy pictures."""
    found = [
        is_next(by_id()[choice.template], CALMED, after(storm))
        for storm in STORMS[:8]
        for choice in chosen(state, after(storm, **facts), preferences)
    ]
    return sum(found) / len(found)


def test_it_goes_on_where_it_was_and_the_weather_clears_as_the_patient_calms() -> None:
    assert share_of_next(CALMED) > 0.6
    assert share_of_next(EASING) > 0.5
    for held in (share_of_next(HELD), share_of_next(CALMED, replace(ON, evolving=False))):
        assert held < 0.3


@pytest.mark.parametrize("facts", [{"upset": True}, {"rating": -1}, {"age_s": SOON_S + 1.0}, {"age_s": None}])
def test_nothing_goes_on_from_what_was_disliked_or_is_long_ago(facts: dict[str, object]) -> None:
    assert not any(is_next(one, CALMED, after(storm, **facts)) for storm in STORMS for one in templates())


def test_it_says_so_when_it_does_and_at_no_other_time() -> None:
    for storm in STORMS[:6]:
        for state in (CALMED, HELD):
            for choice in chosen(state, after(storm)):
                goes_on = is_next(by_id()[choice.template], state, after(storm))
                assert (REASON in choice.reasons) is (REASON in choice.of_the_scene) is goes_on


def test_each_step_is_clearer_in_the_same_kind_of_place_and_a_clear_sky_ends_it() -> None:
    rough = {"clear": 0, "cloudy": 1, "misty": 2, "rain": 3, "snow": 3}
    for storm in STORMS:
        for one in templates():
            if is_next(one, CALMED, after(storm)):
                assert (one.kind, one.technique) == (storm.kind, "mindfulness")
                assert rough[one.weather] < rough[storm.weather]
    clear = next(one for one in templates() if one.weather == "clear" and one.technique == "mindfulness")
    assert not any(is_next(one, CALMED, after(clear)) for one in templates())


def test_what_must_not_be_seen_is_not_seen_for_the_sake_of_a_sequence() -> None:
    storm = STORMS[0]
    without = replace(ON, blocked_kinds=frozenset({storm.kind}))
    assert all(choice.scene.kind != storm.kind for choice in chosen(CALMED, after(storm), without))


def test_only_a_picture_that_a_sequence_may_be_of_and_that_shows_nothing_left_out_may_stay() -> None:
    storm = STORMS[0]
    tag = next(iter(storm.contraindications), None)
    assert may_stay(storm.id, "A forest in the rain", ())
    assert not may_stay(storm.id, "A forest in the rain, with a dog", ("animals",))
    assert not may_stay(storm.id, "A forest in the rain", ("rain",))
    assert tag is None or not may_stay(storm.id, "A place", (tag,))
    assert not may_stay("library:sea-00", "A sea", ())
    assert not any(may_stay(one.id, "A place", ()) for one in templates() if one.technique == "progressive_exposure")
