"""No hard rule is ever broken, read off the finished words by means of their own, not by the engine's verdict."""

import json
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from ml.prompting import choose, eligible
from ml.prompting.choose import NothingStands
from ml.prompting.eligible import candidates, finished
from ml.prompting.library import by_id
from ml.prompting.measuring import hard_rules
from ml.prompting.measuring.banned import Banned
from ml.prompting.measuring.breaches import UNREADABLE, broken, met
from ml.prompting.measuring.cases import Case, drawn, times_and_seasons
from ml.prompting.slots import Personal, liked_places
from ml.prompting.state import Preferences, State
from ml.scenes.spec import KINDS, STYLES
from ml.vocabulary import TECHNIQUES

PROMPTS = 100_000
DECISIONS = 400
ROW = 50
"""Cases in a row of one season and time of day, whose words the engine keeps."""


def cases(random: Random) -> Iterator[Case]:
    while True:
        for pair in times_and_seasons():
            yield from (drawn(random, *pair) for _ in range(ROW))


def test_no_prompt_that_may_be_chosen_names_a_trigger_or_shows_what_is_blocked() -> None:
    random, checked = Random(0), 0
    for case in cases(random):
        wishes, triggers = case.preferences, case.triggers
        stand, _ = candidates(case.state, wishes, triggers, random.choice(STYLES), frozenset(TECHNIQUES), checked)
        banned = Banned(triggers)
        for one in stand:
            said = finished(one, triggers, checked)
            text = f"{said.prompt} {said.alt} {said.line}"
            assert not banned.said(text), (text, triggers)
            assert said.scene.kind not in wishes.blocked_kinds
            assert one.template.id not in wishes.blocked_templates | wishes.closed_templates
            assert one.template.id in (wishes.open_templates or by_id())
            assert one.personal.liked_place not in wishes.blocked_kinds
            assert "{" not in text
            checked += 1
        if checked >= PROMPTS:
            return


def test_no_decision_breaks_a_rule_and_each_rule_was_met(capsys: pytest.CaptureFixture[str]) -> None:
    assert hard_rules.main(["--decisions", str(DECISIONS), "--workers", "1"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["breaches"] == []
    assert found["painted"] + found["nothing stands"] == DECISIONS
    assert min(found["met"].values()) > DECISIONS / 10
    assert len(found["met"]) == 9
    assert found["exposure painted"] >= 5
    assert found["exposure refused"] > DECISIONS / 10


def test_the_number_of_workers_changes_no_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hard_rules, "BLOCK", 20)
    assert hard_rules.measured(45) == hard_rules.measured(45, workers=2)


def test_an_engine_without_its_limits_is_found_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A checker that never says no would pass whatever the engine did."""
    monkeypatch.setattr(choose, "allowed", lambda *_: frozenset(TECHNIQUES))
    monkeypatch.setattr(eligible, "_out", lambda *_: frozenset())
    monkeypatch.setattr(Preferences, "uses", lambda *_: True)
    assert hard_rules.main(["--decisions", "300", "--workers", "1"]) == 1
    rules = {breach["rule"] for breach in json.loads(capsys.readouterr().out)["breaches"]}
    assert rules == {"trigger", "blocked technique", "closed template", "ceiling", "calming", "exposure"}


def test_exposure_at_high_distress_is_found_out_whatever_the_face_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "allowed", lambda *_: frozenset(TECHNIQUES))
    wishes = Preferences(ladder_approved=True)
    for distress, rules in ((69, []), (70, ["exposure"])):
        case = replace(plain_case(), state=State("neutral", 0.3, distress=distress), preferences=wishes)
        choice = choose.choose(case.state, (), wishes, technique="progressive_exposure")
        assert (list(met(case)), list(broken(case, choice))) == (rules, rules)


def test_words_that_do_not_fit_their_template_are_a_breach() -> None:
    case = plain_case()
    choice = choose.choose(case.state, seed=3)
    assert list(broken(case, choice)) == []
    for wrong in (
        replace(choice, prompt="a lake."),
        replace(choice, line="To {goal}"),
        replace(choice, template="mindfulness.fear.nowhere"),
    ):
        assert list(broken(case, wrong)) == [UNREADABLE]


def test_place_and_style_are_read_off_the_prompt_and_not_off_the_scene() -> None:
    case = plain_case()
    choice = choose.choose(case.state, seed=3)
    kind, style = choice.scene.kind, choice.scene.style
    said = next(word for word in KINDS if word != kind), next(word for word in STYLES if word != style)
    other = replace(choice, scene=replace(choice.scene, kind=said[0], style=said[1]))
    blocks = Preferences(blocked_kinds=frozenset({kind}), blocked_styles=frozenset({style}))
    assert list(broken(replace(case, preferences=blocks), other)) == ["blocked kind", "blocked style"]


def test_a_blocked_place_that_the_patient_likes_is_a_breach_and_so_is_what_it_is_marked_with() -> None:
    case, place = plain_case(), liked_places()["sea"]
    template = next(one for one in by_id().values() if "liked_place" in one.slots() and one.slots() <= {"liked_place"})
    said = eligible.words(template, case.state, "photo", Personal(liked_place="sea"))
    choice = replace(
        choose.choose(case.state), template=template.id, scene=said.scene, prompt=said.prompt, alt="", line=""
    )
    blocks = replace(case, preferences=Preferences(blocked_kinds=frozenset({"sea"})), triggers=place.triggers)
    assert template.kind != "sea"
    assert place.triggers
    assert list(broken(case, choice)) == []
    assert list(broken(blocks, choice)) == ["trigger", "blocked kind"]


def plain_case() -> Case:
    case = drawn(Random(0), None, None)
    return replace(case, state=State("sadness", 0.3), history=(), preferences=Preferences(), triggers=frozenset())


def test_a_patient_for_whom_nothing_stands_is_shown_nothing() -> None:
    everything = Preferences(closed_templates=frozenset(by_id()))
    with pytest.raises(NothingStands):
        choose.choose(State("sadness", 0.3), preferences=everything)
