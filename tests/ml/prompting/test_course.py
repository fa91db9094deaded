"""How it has gone leans the choice: questionnaires, rated exercises and the time since, each said in plain words."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ml.prompting import ENGINE, REPEATS
from ml.prompting.choose import Choice, NothingStands, choose
from ml.prompting.course import (
    BACK_REASON,
    BETTER_REASON,
    COMES_BACK_S,
    DISLIKED_REASON,
    HELPED_REASON,
    REACHED_REASON,
    REST_REASON,
    RESTS,
    RESTS_S,
    WORSE_REASON,
)
from ml.prompting.library import digest, templates
from ml.prompting.progress import UNTOLD, Progress
from ml.prompting.reasons import CALM_REASON, STEP_WAITS_REASON
from ml.prompting.recorded import Decision, by_cell, decide, difference
from ml.prompting.state import Preferences, Shown, State
from ml.prompting.technique import FLOODED, allowed, leanings
from ml.scenes.spec import STYLES
from ml.vocabulary import EMOTIONS, TECHNIQUES

CR, BA, MF, PE = TECHNIQUES
SAD, CALM, AFRAID = State("sadness", 0.5), State("neutral", 0.3), State("fear", 0.4)
WORSE = Progress({"phq-9": "better", "gad-7": "worse"})
BETTER = Progress({"phq-9": "better", "gad-7": "same"})
ON_A_STEP = Preferences(ladder_approved=True)
REACHED = Progress(goal_reached=True)
OLD = [
    one
    for engine in ("cbt3", "cbt4", "cbt5", "cbt6", "cbt7")
    for one in json.loads((Path(__file__).parent / f"decided_by_{engine}.json").read_text("utf-8"))
]


def picks(state: State, progress: Progress = UNTOLD, only: Preferences | None = None, **more: Any) -> list[Choice]:
    return [choose(state, more.get("history", ()), only, seed=seed, progress=progress) for seed in range(40)]


def of(technique: str, *ages: float | None) -> tuple[Shown, ...]:
    """Pictures of one technique, as long ago as given."""
    known = [one.id for one in templates() if one.technique == technique]
    return tuple(Shown(known[place], "neutral", age_s=age) for place, age in enumerate(ages))


def gains(state: State, history: tuple[Shown, ...] = (), progress: Progress = UNTOLD) -> dict[str, float]:
    """What progress and ages add to each technique, beside what the same pictures without an age would."""
    plain = leanings(state, tuple(replace(one, age_s=None) for one in history), Preferences())[0]
    now = leanings(state, history, Preferences(), progress)[0]
    return {name: round(now[name] - plain[name], 6) for name in TECHNIQUES if now[name] != plain[name]}


def test_when_questionnaires_say_worse_the_engine_steadies_and_says_why() -> None:
    assert gains(CALM, progress=WORSE) == {MF: 1.0}
    steadied = [one for one in picks(CALM, WORSE) if one.technique == MF]
    assert len(steadied) > [one.technique for one in picks(CALM)].count(MF)
    assert all(WORSE_REASON in one.reasons for one in steadied)


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_when_questionnaires_say_worse_no_step_is_shown_and_the_patient_is_told(emotion: str) -> None:
    assert PE in allowed(State(emotion, 0.3), ON_A_STEP, BETTER)
    for choice in picks(State(emotion, 0.3), WORSE, replace(ON_A_STEP, techniques=(PE,))):
        assert choice.technique != PE
        assert STEP_WAITS_REASON in choice.reasons


def test_when_questionnaires_say_better_it_leans_to_doing_and_says_why() -> None:
    assert gains(CALM, progress=BETTER) == {BA: 0.5}
    doing = [one for one in picks(CALM, BETTER) if one.technique == BA]
    assert len(doing) > [one.technique for one in picks(CALM)].count(BA)
    assert all(BETTER_REASON in one.reasons for one in doing)


def test_a_goal_reached_leans_to_doing_and_says_why_and_an_older_record_knows_of_none() -> None:
    assert gains(CALM, progress=REACHED) == {BA: 0.5}
    doing = [one for one in picks(CALM, REACHED) if one.technique == BA]
    assert len(doing) > [one.technique for one in picks(CALM)].count(BA)
    assert all(REACHED_REASON in one.reasons for one in doing)
    inputs = {"state": {"emotion": "neutral", "intensity": 0.3}, "history": [], "triggers": [], "kinds": []}
    inputs |= {"blocked_kinds": [], "offered": STYLES}
    for told, progress in (({"goal_reached": True}, REACHED), ({}, UNTOLD)):
        again = [decide(inputs | {"progress": told}, seed) for seed in range(40)]
        assert again == picks(CALM, progress)


def test_a_goal_reached_changes_nothing_while_questionnaires_say_worse() -> None:
    assert gains(CALM, progress=replace(WORSE, goal_reached=True)) == {MF: 1.0}
    assert picks(CALM, replace(WORSE, goal_reached=True)) == picks(CALM, WORSE)


def test_no_progress_and_no_time_ever_lean_to_exposure() -> None:
    for progress in (WORSE, BETTER, REACHED, Progress({}, {CR: 1.0, BA: -1.0, MF: 1.0})):
        assert PE not in gains(AFRAID, of(PE, COMES_BACK_S * 2), progress)


def test_exercises_that_did_good_lean_to_their_technique_and_those_that_did_not_away() -> None:
    assert gains(CALM, progress=Progress({}, {CR: 0.3, MF: -0.2, BA: 0.05})) == {CR: 0.25, MF: -0.25}
    helped = [one for one in picks(CALM, Progress({}, {CR: 0.3})) if one.technique == CR]
    assert helped and all(HELPED_REASON in one.reasons for one in helped)


def test_a_technique_that_was_just_used_rests_for_ten_minutes_and_what_steadies_never_does() -> None:
    assert gains(CALM, of(BA, 0.0)) == {BA: -RESTS}
    assert gains(CALM, of(BA, RESTS_S / 2)) == {BA: -RESTS / 2}
    assert gains(CALM, of(BA, RESTS_S * 2, RESTS_S / 2)) == {BA: -RESTS / 2}
    for history in (of(BA, RESTS_S), of(MF, 0.0), of(BA, None)):
        assert gains(CALM, history) == {}
    changed = [one for one in picks(CALM, history=of(BA, 30.0)) if one.technique != BA]
    assert changed and all(REST_REASON in one.reasons for one in changed)
    stayed = [one for one in picks(CALM, history=(*of(BA, 400.0), *of(MF, 30.0))) if one.technique == MF]
    assert stayed and not any(REST_REASON in one.reasons for one in stayed)  # the last picture steadied, too


def test_nothing_rests_while_a_feeling_eases_floods_or_a_step_goes_on() -> None:
    assert gains(replace(SAD, trend=-0.5), of(BA, 0.0)) == {}
    assert gains(State("sadness", FLOODED), of(BA, 0.0)) == {}
    fresh, plain = of(BA, 0.0), of(BA, None)
    assert leanings(AFRAID, fresh, ON_A_STEP) == leanings(AFRAID, plain, ON_A_STEP)


@pytest.mark.parametrize(("last", "stays"), [
    ({}, True), ({"age_s": 20 * 60.0}, True), ({"rating": 1}, True), ({"rating": -1}, False), ({"upset": True}, False),
    ({"upset": True, "rating": 2}, False), ({"age_s": 20 * 60.0 + 1}, False), ({"age_s": 30 * 86_400.0}, False),
])  # fmt: skip
def test_it_stays_with_what_eases_unless_that_upset_or_is_of_another_sitting(last: dict[str, Any], stays: bool) -> None:
    easing, before = State("anger", 0.5, trend=-0.3), replace(of(CR, None)[0], **last)
    with_it = leanings(easing, (before,), ON_A_STEP)[0]  # where no time since leans, too
    assert with_it[CR] - leanings(easing, (), ON_A_STEP)[0][CR] == stays
    if not last.get("rating", 0) < 0:  # as engines before had it, whose decisions are made again
        assert leanings(easing, (before,), replace(ON_A_STEP, until_cbt7=True))[0][CR] - with_it[CR] == (not stays)


def test_what_is_taken_in_place_of_what_was_disliked_twice_says_so() -> None:
    disliked = tuple(replace(one, rating=-2) for one in of(MF, None, None))
    alone = Preferences(blocked_techniques=frozenset({BA, PE}))
    found = [choose(State("happiness", 0.3), disliked, alone, seed=seed) for seed in range(20)]
    assert {(one.technique, one.reasons[0]) for one in found} == {(CR, DISLIKED_REASON)}  # nothing else leans to it
    others = picks(CALM, history=disliked)
    assert all((DISLIKED_REASON in one.reasons) is (one.technique != MF) for one in others)
    assert all(one.reasons[0] != DISLIKED_REASON for one in others)  # what leans to it comes first


def test_what_was_not_used_for_two_weeks_comes_back_and_says_so() -> None:
    long_ago = of(CR, COMES_BACK_S)
    assert gains(CALM, long_ago) == {CR: 0.25}
    assert gains(CALM, (*long_ago, *of(CR, 86_400.0))) == {}
    back = [one for one in picks(State("anger", 0.4), history=long_ago) if one.technique == CR]
    assert back and all(BACK_REASON in one.reasons for one in back)


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_the_calm_picture_after_a_step_is_steadying_whatever_else_is_wanted(emotion: str) -> None:
    wanted = Preferences(calming=True, ladder_approved=True, techniques=(PE, BA, CR), goals=("movement",))
    state = State(emotion, 0.4)
    assert {(one.technique, CALM_REASON in one.reasons) for one in picks(state, BETTER, wanted)} == {(MF, True)}
    assert choose(state, (), wanted, technique=BA).technique == MF
    with pytest.raises(NothingStands):  # then a vetted scene is shown
        choose(state, (), replace(wanted, blocked_techniques=frozenset({MF})))


def test_a_word_that_no_rule_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown course"):
        Progress({"phq-9": "improved"})
    for technique, change in ((PE, 0.1), (CR, 1.5)):
        with pytest.raises(ValueError, match="unknown technique"):
            Progress({}, {technique: change})
    with pytest.raises(ValueError, match="younger"):
        Shown("mindfulness.fear.x", "fear", age_s=-1.0)


@pytest.mark.parametrize("one", OLD, ids=[str(place) for place in range(len(OLD))])
def test_a_decision_of_the_engine_before_is_made_the_same_again(one: dict[str, Any]) -> None:
    told = Decision(**one["recorded"] | {"reasons": tuple(one["recorded"]["reasons"])})
    assert told.engine in REPEATS and told.engine != ENGINE
    found = difference(told, one["inputs"])
    assert found is None or (told.library != digest() and "library" in found.why and not found.broken)


def test_a_decision_of_the_engine_before_that_was_tampered_with_is_broken() -> None:
    one = next(one for one in OLD if one["recorded"]["technique"] == MF)
    told = Decision(**one["recorded"] | {"technique": CR, "library": digest()})
    found = difference(told, one["inputs"])
    assert found is not None and found.broken


def test_progress_ages_and_open_templates_come_back_from_the_log_as_they_were_told() -> None:
    names = sorted(one.id for one in templates() if one.technique == MF)[:30]
    history = of(MF, 40.0)
    inputs = {
        "state": {"emotion": "sadness", "intensity": 0.5}, "triggers": [], "kinds": [], "blocked_kinds": [],
        "history": [{"template": history[0].template, "emotion": "neutral", "age_s": 40.0}], "calming": True,
        "open_templates": by_cell(names), "progress": {"questionnaires": {"phq-9": "worse"}, "exercises": {MF: 0.2}},
        "offered": STYLES,
    }  # fmt: skip
    told = Preferences(calming=True, open_templates=frozenset(names))
    progress = Progress({"phq-9": "worse"}, {MF: 0.2})
    for seed in range(5):
        choice = decide(json.loads(json.dumps(inputs)), seed)
        assert choice == choose(SAD, history, told, seed=seed, progress=progress)
        assert choice.template in names


def test_ids_under_their_cell_are_the_ids_again_and_a_plain_list_is_read_as_before() -> None:
    some = [one.id for one in templates()][::7]
    base = {"state": {"emotion": "fear"}, "history": [], "triggers": [], "kinds": [], "blocked_kinds": []}
    for seed in range(5):
        assert decide(base | {"closed_templates": by_cell(some)}, seed) == decide(
            base | {"closed_templates": some}, seed
        )
    assert len(json.dumps(by_cell(some))) < len(json.dumps(some)) * 0.7
