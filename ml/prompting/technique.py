"""Which technique suits the state: hard limits first, then stated rules that lean, each with its reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ml.prompting.library import by_id
from ml.prompting.slots import goals
from ml.prompting.state import Preferences, Shown, State
from ml.vocabulary import TECHNIQUES

CR, BA, MF, PE = TECHNIQUES
HARD: Final = frozenset({"anger", "disgust", "fear", "sadness"})
FLOODED: Final = 0.75
"""From this intensity on, thinking a thing through is too much: steadying comes first (Linehan, DBT Skills, 2015)."""
DISTRESS_LIMIT: Final = 70
EXPOSURE_LIMIT: Final = 0.7
LASTING_S: Final = 120
PREFERRED: Final = 0.75
PREFERRED_REASON: Final = "Your clinician chose this way of working with you."

History = tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """When it applies, each technique named gains so much. The reason is shown to patient and provider."""

    name: str
    applies: Callable[[State, History], bool]
    leans: Mapping[str, float]
    reason: str


def flooded(state: State) -> bool:
    """Whether the feeling is too strong for anything but steadying."""
    return state.emotion in HARD and (state.intensity >= FLOODED or (state.distress or 0) >= DISTRESS_LIMIT)


def over_ceiling(state: State, preferences: Preferences) -> bool:
    """Whether a hard feeling is above what the clinician set for anything but steadying."""
    ceiling = preferences.intensity_ceiling
    return ceiling is not None and state.emotion in HARD and state.intensity > ceiling


def _calmly(emotion: str) -> Callable[[State, History], bool]:
    return lambda state, _: state.emotion == emotion and not flooded(state)


RULES: Final = (
    Rule("flooded", lambda s, _: flooded(s), {MF: 4.0}, "The feeling is strong now, so steadying comes first."),
    Rule(
        "swinging",
        lambda s, _: s.volatility >= 0.6,
        {MF: 1.5},
        "Feelings are changing quickly: a still scene gives them a place to land.",
    ),
    Rule(
        "sadness",
        _calmly("sadness"),
        {BA: 2.0, MF: 0.5, CR: 0.5},
        "With sadness, a small thing that can be done often helps more than waiting for the mood.",
    ),
    Rule(
        "lasting sadness",
        lambda s, _: s.emotion == "sadness" and s.persistence_s >= LASTING_S and not flooded(s),
        {BA: 1.0},
        "The sadness has lasted a while, so the scene invites one small step.",
    ),
    Rule(
        "anger",
        _calmly("anger"),
        {CR: 2.0, MF: 1.0},
        "With anger, a wider view of the same thing often brings it down.",
    ),
    Rule(
        "fear",
        _calmly("fear"),
        {CR: 1.5, MF: 1.0, PE: 2.0},
        "With fear, it helps to look at it calmly, a step at a time.",
    ),
    Rule(
        "disgust",
        _calmly("disgust"),
        {CR: 1.0, MF: 1.0, BA: 0.5},
        "With disgust, it helps to let a thing be there and to look beyond it.",
    ),
    Rule("happiness", _calmly("happiness"), {BA: 2.0, MF: 1.0}, "A good moment is worth staying in and building on."),
    Rule("surprise", _calmly("surprise"), {MF: 1.5, CR: 1.0}, "After a surprise, a moment to look around comes first."),
    Rule(
        "neutral",
        _calmly("neutral"),
        {BA: 1.0, MF: 1.0, CR: 0.25},
        "A calm moment is a good one for something small and pleasant.",
    ),
)


def allowed(state: State, preferences: Preferences) -> frozenset[str]:
    """The techniques that no hard limit forbids. Exposure needs an approved step and a bearable feeling."""
    limit = min(EXPOSURE_LIMIT, preferences.intensity_ceiling if preferences.intensity_ceiling is not None else 1.0)
    open_ladder = preferences.ladder_approved and state.intensity < limit and not flooded(state)
    stand = frozenset(TECHNIQUES) - preferences.blocked_techniques
    if over_ceiling(state, preferences):
        stand &= {MF}
    return stand if open_ladder else stand - {PE}


def leanings(state: State, history: History, preferences: Preferences) -> tuple[dict[str, float], dict[str, str]]:
    """How much each technique is favoured before learning, and the weightiest reason for each."""
    scores: dict[str, float] = dict.fromkeys(TECHNIQUES, 0.0)
    reasons: dict[str, str] = {}
    best: dict[str, float] = dict.fromkeys(TECHNIQUES, 0.0)
    applying = (rule for rule in RULES if rule.applies(state, history))
    for rule in (*applying, *_of_history(state, history), *_of_wishes(preferences)):
        for technique, gain in rule.leans.items():
            scores[technique] += gain
            if gain > best[technique]:
                best[technique], reasons[technique] = gain, rule.reason
    return scores, reasons


def _of_wishes(preferences: Preferences) -> tuple[Rule, ...]:
    """What the clinician prefers, and what goes with the patient's goals."""
    preferred = Rule("preferred", _always, dict.fromkeys(preferences.techniques, PREFERRED), PREFERRED_REASON)
    wanted = (
        Rule("goal", _always, goals()[goal].leans, "It goes with what you want to reach.") for goal in preferences.goals
    )
    return (preferred, *wanted)


def _of_history(state: State, history: History) -> tuple[Rule, ...]:
    """Stay with what goes along with easing; leave what was disliked twice in a row."""
    known = [shown for shown in history if shown.template in by_id()]
    if not known:
        return ()
    last = by_id()[known[-1].template].technique
    rules = []
    if state.emotion in HARD and state.trend <= -0.2 and (known[-1].rating or 0) >= 0:
        rules.append(Rule("easing", _always, {last: 1.0}, "The feeling is easing, so we stay with what we began."))
    if len(known) >= 2 and all(_disliked(shown, last) for shown in known[-2:]):
        rules.append(Rule("disliked", _always, {last: -3.0}, ""))
    return tuple(rules)


def _disliked(shown: Shown, technique: str) -> bool:
    return by_id()[shown.template].technique == technique and (shown.upset or (shown.rating or 0) < 0)


def _always(_state: State, _history: History) -> bool:
    return True
