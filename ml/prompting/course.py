"""Rules from how things have gone: earlier pictures and the time since, questionnaires, and exercises that were rated.

How much each weighs, and after what time, is set by us and not measured. They lean; the two that forbid stand with the
hard limits in `technique.allowed`. None of them leans to exposure: that is for a clinician's ladder alone.

- Questionnaires that say it got worse: acting on them helps those who are not on track most (Lambert, Whipple and
  Kleinstäuber, Psychotherapy 55, 2018). What to do then is a clinician's; a machine that cannot ask keeps to what
  steadies. That exposure waits is our caution and no finding: where symptoms rose with it for a time, people gained as
  much from it (Foa and others, Journal of Consulting and Clinical Psychology 70, 2002).
- Better, or a goal reached: doing more of what goes with a person's goals keeps what was gained (Martell, Dimidjian and
  Herman-Dunn, Behavioral Activation for Depression, 2010).
"""

from typing import Final

from ml.prompting.evolving import EASES, SOON_S
from ml.prompting.library import by_id
from ml.prompting.progress import BETTER, WORSE, Progress
from ml.prompting.rule import BA, CR, HARD, MF, History, Rule, always
from ml.prompting.state import Shown, State

STEADIES: Final = 1.0
BUILDS_ON: Final = 0.5
HELPED: Final = 0.25
TELLS: Final = 0.1
"""A mean change after exercises, of -1 to 1, from which it counts as one."""
RESTS: Final = 0.25
RESTS_S: Final = 600.0
"""A technique rests fully just after it was used and no more after ten minutes."""
COMES_BACK: Final = 0.25
COMES_BACK_S: Final = 14 * 86_400.0

WORSE_REASON: Final = "Your questionnaires say that it has been harder than at first, so this picture helps to steady."
BETTER_REASON: Final = "Your questionnaires say that it has been easier than at first: a good time for something to do."
REACHED_REASON: Final = "You reached a goal of yours: a good time for something to do."
HELPED_REASON: Final = "Exercises of this kind did you good."
DISLIKED_REASON: Final = "The last two pictures did not suit you, so this one goes another way."
REST_REASON: Final = "It brings a change from the way of the last picture."
BACK_REASON: Final = "You have not worked this way for a while."


def of_history(state: State, history: History, *, until_cbt7: bool = False) -> tuple[Rule, ...]:
    """Stay with what goes along with easing; leave what was disliked twice in a row.

    Args:
        until_cbt7: as engines up to cbt-7 had it, for their records; so in `of_time`.
    """
    known = _known(history)
    if not known:
        return ()
    last = _technique(known[-1])
    rules = []
    if _easing(state, known, until_cbt7=until_cbt7):
        rules.append(Rule("easing", always, {last: 1.0}, "The feeling is easing, so we stay with what we began."))
    if len(known) >= 2 and all(_disliked(shown, last) for shown in known[-2:]):
        rules.append(Rule("disliked", always, {last: -3.0}, DISLIKED_REASON))
    return tuple(rules)


def of_time(state: State, history: History, *, until_cbt7: bool = False) -> tuple[Rule, ...]:
    """Rest what was used very lately, and come back to what was not used for long.

    What steadies never rests, and nothing does while a feeling eases. Pictures whose age nobody knows tell nothing.
    """
    known = _known(history)
    since: dict[str, float] = {}
    for shown in known:
        if shown.age_s is not None:
            since[_technique(shown)] = min(shown.age_s, since.get(_technique(shown), shown.age_s))
    stays = _easing(state, known, until_cbt7=until_cbt7)
    rests = [] if stays else [name for name in (CR, BA) if since.get(name, RESTS_S) < RESTS_S]
    away = [name for name in (CR, BA, MF) if since.get(name, 0.0) >= COMES_BACK_S]
    told = REST_REASON if known and _technique(known[-1]) in rests else ""
    return (
        Rule("rest", always, {name: RESTS * (since[name] / RESTS_S - 1) for name in rests}, told),
        Rule("back", always, dict.fromkeys(away, COMES_BACK), BACK_REASON),
    )


def of_progress(progress: Progress) -> tuple[Rule, ...]:
    """What questionnaires, rated exercises and a goal reached lean to. Who got worse is steadied, goal or not."""
    found = [_of_exercises(name, change) for name, change in progress.exercises.items() if abs(change) >= TELLS]
    if progress.course == WORSE:
        found.append(Rule("worse", always, {MF: STEADIES}, WORSE_REASON))
    if progress.course == BETTER:
        found.append(Rule("better", always, {BA: BUILDS_ON}, BETTER_REASON))
    if progress.goal_reached and progress.course != WORSE:
        found.append(Rule("reached", always, {BA: BUILDS_ON}, REACHED_REASON))
    return tuple(found)


def _of_exercises(technique: str, change: float) -> Rule:
    if change > 0:
        return Rule("exercise", always, {technique: HELPED}, HELPED_REASON)
    return Rule("exercise", always, {technique: -HELPED}, "")


def _known(history: History) -> list[Shown]:
    return [shown for shown in history if shown.template in by_id()]


def _technique(shown: Shown) -> str:
    return by_id()[shown.template].technique


def _easing(state: State, known: list[Shown], *, until_cbt7: bool) -> bool:
    """Whether a hard feeling goes down after a picture of this sitting that was not disliked and upset nobody."""
    if not known or state.emotion not in HARD or state.trend > EASES or (known[-1].rating or 0) < 0:
        return False
    last = known[-1]
    return until_cbt7 or not (last.upset or (last.age_s is not None and last.age_s > SOON_S))


def _disliked(shown: Shown, technique: str) -> bool:
    return _technique(shown) == technique and (shown.upset or (shown.rating or 0) < 0)
