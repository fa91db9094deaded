"""Which technique suits the state: hard limits first, then stated rules that lean, each with its reason."""

from collections.abc import Callable
from typing import Final

from ml.prompting import course
from ml.prompting.progress import UNTOLD, WORSE, Progress
from ml.prompting.rule import BA, CR, HARD, MF, PE, History, Rule, always
from ml.prompting.slots import goals
from ml.prompting.state import Preferences, State
from ml.vocabulary import TECHNIQUES

FLOODED: Final = 0.75
"""From this intensity on, thinking a thing through is too much: steadying comes first (Linehan, DBT Skills, 2015)."""
DISTRESS_LIMIT: Final = 70
"""From this distress on, no exposure, whatever the face shows; and a hard feeling is only steadied."""
EXPOSURE_LIMIT: Final = 0.7
LASTING_S: Final = 120
PREFERRED: Final = 0.75
PREFERRED_REASON: Final = "Your clinician chose this way of working with you."


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
        {
            MF: "With sadness, it can be a rest to look for a while at something that asks for nothing.",
            CR: "With sadness, one side of a thing easily hides the others, so the scene looks for them.",
        },
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
        {MF: "With anger, a still moment leaves room before anything is done."},
    ),
    Rule(
        "fear",
        _calmly("fear"),
        {CR: 1.5, MF: 1.0, PE: 2.0},
        "With fear, it helps to look at it calmly, a step at a time.",
        {
            CR: "With fear, a second look often sees more than the first.",
            MF: "With fear, it helps to have something quiet for eyes and breath to rest on.",
        },
    ),
    Rule(
        "disgust",
        _calmly("disgust"),
        {CR: 1.0, MF: 1.0, BA: 0.5},
        "With disgust, it helps to let a thing be there and to look beyond it.",
        {
            MF: "With disgust, it helps to let a thing be there for a while.",
            CR: "With disgust, it helps to look beyond the first look.",
            BA: "With disgust, a small thing to do turns the senses to something else.",
        },
    ),
    Rule(
        "happiness",
        _calmly("happiness"),
        {BA: 2.0, MF: 1.0},
        "A good moment is worth staying in and building on.",
        {BA: "A good moment is worth building on.", MF: "A good moment is worth staying in."},
    ),
    Rule(
        "surprise",
        _calmly("surprise"),
        {MF: 1.5, CR: 1.0},
        "After a surprise, a moment to look around comes first.",
        {CR: "After a surprise, a second look tells what it was."},
    ),
    Rule(
        "neutral",
        _calmly("neutral"),
        {BA: 1.0, MF: 1.0, CR: 0.25},
        "A calm moment is a good one for something small and pleasant.",
        {
            MF: "A calm moment is a good one for just looking.",
            CR: "A calm moment is a good one for seeing a thing from another side.",
        },
    ),
)


def allowed(state: State, preferences: Preferences, progress: Progress = UNTOLD) -> frozenset[str]:
    """The techniques that no hard limit forbids.

    Exposure needs an approved step, a bearable feeling, distress below its limit whatever the emotion, and no
    questionnaire that got worse. On the calm picture that ends a step, and above the clinician's ceiling, nothing but
    steadying is left.
    """
    stand = frozenset(TECHNIQUES) - preferences.blocked_techniques
    if preferences.calming or over_ceiling(state, preferences):
        return stand & {MF}
    limit = min(EXPOSURE_LIMIT, preferences.intensity_ceiling if preferences.intensity_ceiling is not None else 1.0)
    distressed = (state.distress or 0) >= DISTRESS_LIMIT and not preferences.until_cbt7
    bearable = state.intensity < limit and not flooded(state) and not distressed
    return stand if preferences.ladder_approved and bearable and progress.course != WORSE else stand - {PE}


def leanings(
    state: State, history: History, preferences: Preferences, progress: Progress = UNTOLD
) -> tuple[dict[str, float], dict[str, str]]:
    """How much each technique is favoured before learning, and the weightiest reason for each.

    Where nothing speaks for a technique, its reason is why another is left; it has none where nothing is said of that.
    """
    scores: dict[str, float] = dict.fromkeys(TECHNIQUES, 0.0)
    reasons: dict[str, str] = {}
    best: dict[str, float] = dict.fromkeys(TECHNIQUES, 0.0)
    applying = (rule for rule in RULES if rule.applies(state, history))
    lately = course.of_history(state, history, until_cbt7=preferences.until_cbt7)
    before = (*lately, *of_course(state, history, preferences, progress))
    rules = (*applying, *before, *_of_wishes(preferences))
    for rule in rules:
        for technique, gain in rule.leans.items():
            scores[technique] += gain
            if gain > best[technique]:
                told = rule.reason if preferences.until_cbt7 else rule.told_of(technique)
                best[technique], reasons[technique] = gain, told
    return scores, reasons if preferences.until_cbt7 else _of_what_is_left(rules) | reasons


def _of_what_is_left(rules: tuple[Rule, ...]) -> dict[str, str]:
    """For each technique the first reason of a rule that leans away from others."""
    away = [rule for rule in rules if any(lean < 0 for lean in rule.leans.values())]
    told = {
        name: next(filter(None, (rule.told_of(name) for rule in away if name not in rule.leans)), "")
        for name in TECHNIQUES
    }
    return {name: reason for name, reason in told.items() if reason}


def of_course(state: State, history: History, preferences: Preferences, progress: Progress) -> tuple[Rule, ...]:
    """Rules from progress and from the time since; a strong feeling and a step of a ladder leave no room for change."""
    if flooded(state) or preferences.ladder_approved:
        return course.of_progress(progress)
    return (*course.of_progress(progress), *course.of_time(state, history, until_cbt7=preferences.until_cbt7))


def _of_wishes(preferences: Preferences) -> tuple[Rule, ...]:
    """What the clinician prefers, and what goes with the patient's goals."""
    preferred = Rule("preferred", always, dict.fromkeys(preferences.techniques, PREFERRED), PREFERRED_REASON)
    wanted = (
        Rule("goal", always, goals()[goal].leans, "It goes with what you want to reach.") for goal in preferences.goals
    )
    return (preferred, *wanted)
