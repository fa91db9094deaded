"""The laws of the choice: hard exclusions, exposure, rules, learning, variety, repeatability."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.prompting import ENGINE
from ml.prompting.choose import Choice, NothingStands, choose
from ml.prompting.eligible import candidates
from ml.prompting.library import by_id, digest, templates
from ml.prompting.reasons import CALM_REASON, CEILING_REASON, ONLY_REASON
from ml.prompting.rule import Rule
from ml.prompting.slots import SLOTS
from ml.prompting.state import SEASONS, Preferences, Shown, State
from ml.prompting.technique import DISTRESS_LIMIT, FLOODED, RULES, allowed
from ml.prompting.triggers import canonical, named_in, tags
from ml.scenes.spec import STYLES
from ml.vocabulary import EMOTIONS, TECHNIQUES

LADDER = Preferences(ladder_approved=True)
FREE_WORDS = ("dogs", "Grandmother's clock", "bridges", "willow", "red", "bench")

states = st.builds(
    State,
    emotion=st.sampled_from(EMOTIONS),
    intensity=st.floats(0, 1),
    trend=st.floats(-1, 1),
    persistence_s=st.floats(0, 3600),
    volatility=st.floats(0, 1),
    distress=st.none() | st.integers(0, 100),
    season=st.sampled_from((None, "spring", "summer", "autumn", "winter")),
)
shown = st.builds(
    Shown,
    template=st.sampled_from([template.id for template in templates()]),
    emotion=st.sampled_from(EMOTIONS),
    rating=st.none() | st.integers(-2, 2),
    upset=st.booleans(),
    style=st.sampled_from(("", *STYLES)),
)
histories = st.lists(shown, max_size=12).map(tuple)
triggers = st.frozensets(st.sampled_from((*sorted(tags()), *FREE_WORDS)), max_size=8)
seeds = st.integers(0, 2**63 - 1)


def said(choice: Choice) -> str:
    return " ".join((choice.prompt, choice.alt, choice.line))


def probability(of: str, state: State, history: tuple[Shown, ...], only: Preferences) -> float:
    """How often the template is the mindful one that is chosen, over many seeds."""
    picks = [choose(state, history, only, technique="mindfulness", seed=seed).template for seed in range(200)]
    return picks.count(of) / len(picks)


@settings(max_examples=150)
@given(states, histories, triggers, seeds)
def test_no_trigger_is_ever_named_or_marked(
    state: State, history: tuple[Shown, ...], avoid: frozenset[str], seed: int
) -> None:
    try:
        choice = choose(state, history, LADDER, avoid, seed=seed)
    except NothingStands:
        return
    assert not by_id()[choice.template].contraindications & canonical(avoid)
    assert not named_in(said(choice), canonical(avoid))


@settings(max_examples=100)
@given(states, histories, seeds)
def test_exposure_is_never_begun_without_an_approved_ladder(
    state: State, history: tuple[Shown, ...], seed: int
) -> None:
    for asked in (None, "progressive_exposure"):
        assert choose(state, history, technique=asked, seed=seed).technique != "progressive_exposure"


@settings(max_examples=60)
@given(states, histories, triggers, seeds)
def test_the_same_inputs_give_the_same_choice(
    state: State, history: tuple[Shown, ...], avoid: frozenset[str], seed: int
) -> None:
    def once() -> Choice | None:
        try:
            return choose(state, history, LADDER, avoid, seed=seed)
        except NothingStands:
            return None

    assert once() == once()


@settings(max_examples=60)
@given(states, seeds, st.sampled_from(templates()))
def test_what_was_blocked_never_comes(state: State, seed: int, template: object) -> None:
    some = by_id()[getattr(template, "id", "")]
    blocked = Preferences(blocked_kinds=frozenset({some.kind}), blocked_techniques=frozenset({"mindfulness"}))
    choice = choose(state, (), blocked, seed=seed)
    assert choice.scene.kind != some.kind
    assert choice.technique != "mindfulness"


@pytest.mark.parametrize("emotion", ["anger", "disgust", "fear", "sadness"])
def test_a_flooding_feeling_is_met_with_mindfulness(emotion: str) -> None:
    techniques = [choose(State(emotion, FLOODED + 0.1), (), LADDER, seed=seed).technique for seed in range(60)]
    assert techniques.count("mindfulness") >= 58
    assert "progressive_exposure" not in techniques


def test_high_distress_closes_the_ladder() -> None:
    state = State("fear", 0.3, distress=85)
    assert {choose(state, (), LADDER, seed=seed).technique for seed in range(60)} <= {
        "mindfulness",
        "cognitive_restructuring",
    }


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_high_distress_closes_the_ladder_whatever_the_face_shows(emotion: str) -> None:
    asked = "progressive_exposure"
    for distress, opened in ((DISTRESS_LIMIT - 1, True), (DISTRESS_LIMIT, False)):
        state = State(emotion, 0.3, distress=distress)
        assert (asked in allowed(state, LADDER)) is opened
        assert (choose(state, (), LADDER, technique=asked).technique == asked) is opened


def test_mild_sadness_mostly_asks_for_a_small_step() -> None:
    techniques = [choose(State("sadness", 0.5, persistence_s=300), seed=seed).technique for seed in range(60)]
    assert techniques.count("behavioural_activation") > 40


def test_a_technique_that_is_asked_for_is_kept() -> None:
    for technique in TECHNIQUES:
        assert choose(State("neutral"), (), LADDER, technique=technique, seed=3).technique == technique
    with pytest.raises(ValueError, match="technique"):
        choose(State("neutral"), technique="hypnosis")


def test_a_rating_moves_the_next_choice_measurably() -> None:
    """Four pictures of the cell once each, so that variety is even; one rated, and its kind gains or loses."""
    state = State("sadness", 0.5)
    cell = [t for t in templates() if t.technique == "mindfulness" and "sadness" in t.emotions and t.fits(0.5)][:4]
    only = Preferences(blocked_templates=frozenset(t.id for t in templates()) - {t.id for t in cell})
    seen = tuple(Shown(template.id, "sadness") for template in cell)
    loved, hated = replace(seen[-1], rating=2), replace(seen[-1], rating=-2)
    before, last = probability(seen[-1].template, state, seen, only), seen[-1].template
    assert probability(last, state, (*seen[:-1], loved), only) > before + 0.1
    assert probability(last, state, (*seen[:-1], hated), only) < before - 0.1


def test_no_scene_comes_again_while_another_stands() -> None:
    history: tuple[Shown, ...] = ()
    cell = {
        t.id for t in templates() if t.technique == "mindfulness" and "fear" in t.emotions and not t.slots() & SLOTS
    }
    for seed in range(len(cell)):
        choice = choose(State("fear", 0.5), history, technique="mindfulness", seed=seed)
        assert choice.template not in {past.template for past in history}
        history += (Shown(choice.template, "fear", rating=2),)
    assert {past.template for past in history} == cell


def test_a_patients_style_is_kept_and_follows_their_wish() -> None:
    styles = [choose(State("neutral"), (), Preferences(styles=("ink",)), seed=seed).scene.style for seed in range(60)]
    assert styles.count("ink") >= 50
    disliked = tuple(Shown("mindfulness.neutral.dune-lines", "neutral", -2, style="watercolour") for _ in range(6))
    after = [choose(State("neutral"), disliked, seed=seed).scene.style for seed in range(60)]
    assert after.count("watercolour") < 45


def test_the_negative_prompt_names_what_must_not_come() -> None:
    choice = choose(State("neutral"), triggers=("water", "Dogs"), seed=5)
    assert "lake" in choice.negative_prompt
    assert "dogs" in choice.negative_prompt


def test_a_season_that_is_a_trigger_does_not_empty_the_library() -> None:
    assert choose(State("neutral", season="winter"), triggers=("cold",), seed=1).scene.season != "winter"


@pytest.mark.parametrize("season", [None, *SEASONS])
@pytest.mark.parametrize("left_out", [*SEASONS, "cold"])
def test_a_season_that_is_left_out_takes_its_own_scenes_away_and_no_others(season: str | None, left_out: str) -> None:
    """Where none is known, too: what is painted then is another one."""
    state, triggers = State("neutral", season=season), frozenset({left_out})
    stand, _ = candidates(state, Preferences(), triggers, "ink", frozenset(TECHNIQUES))
    assert len(stand) >= 500
    assert not [one for one in stand if named_in(f"{one.words.prompt} {one.words.alt} {one.words.line}", triggers)]


@pytest.mark.parametrize("style", STYLES)
def test_a_style_that_a_trigger_names_gives_way_to_another(style: str) -> None:
    chosen = Preferences(styles=(style,))
    for seed in range(20):
        choice = choose(State("neutral"), (), chosen, triggers=(style,), seed=seed)
        assert choice.scene.style != style
        assert not named_in(said(choice), canonical((style,)))


def test_nothing_stands_where_every_style_is_named_by_a_trigger() -> None:
    with pytest.raises(NothingStands):
        choose(State("neutral"), triggers=STYLES)


def test_nothing_stands_when_everything_is_excluded() -> None:
    with pytest.raises(NothingStands):
        choose(State("neutral"), (), Preferences(blocked_kinds=frozenset(t.kind for t in templates())))


def test_a_choice_explains_itself_and_names_engine_and_library() -> None:
    choice = choose(State("sadness", 0.5), triggers=("water",), seed=2)
    assert len(choice.reasons) >= 2
    assert all(reason.endswith(".") for reason in choice.reasons)
    assert choice.engine == ENGINE
    assert choice.library == digest()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_technique_that_a_rule_leans_to_has_a_reason_of_its_own(rule: Rule) -> None:
    told = [rule.told_of(technique) for technique in rule.leans]
    assert all(told) and len(set(told)) == len(told)


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_the_first_reason_is_listed_for_the_technique_that_was_chosen(emotion: str) -> None:
    state, rule = State(emotion, 0.4), next(one for one in RULES if one.name == emotion)
    for technique in TECHNIQUES:
        alone = replace(LADDER, blocked_techniques=frozenset(TECHNIQUES) - {technique})
        first = choose(state, (), alone).reasons[0]
        assert first == (rule.told_of(technique) or ONLY_REASON)
        assert (technique in rule.leans) is (first != ONLY_REASON)


def test_what_leaves_nothing_but_steadying_is_said_first() -> None:
    sad = State("sadness", 0.6)
    for only, reason in (
        (Preferences(calming=True), CALM_REASON),
        (Preferences(intensity_ceiling=0.5), CEILING_REASON),
    ):
        assert {choose(sad, (), only, seed=seed).reasons[0] for seed in range(20)} == {reason}


def test_reasons_never_name_a_trigger() -> None:
    choice = choose(State("neutral"), triggers=("grandmother",), seed=2)
    assert "grandmother" not in " ".join(choice.reasons)
