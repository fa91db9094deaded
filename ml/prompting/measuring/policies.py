"""Ways to choose, under the same hard rules: as the engine does, told of progress or not, by its rules, at random."""

from collections.abc import Callable
from random import Random
from typing import Final

from ml.prompting.choose import FIRST_STYLE, NothingStands, choose
from ml.prompting.eligible import Candidate, candidates
from ml.prompting.progress import Progress
from ml.prompting.state import Preferences, Shown, State
from ml.prompting.technique import allowed, leanings
from ml.scenes.spec import STYLES

History = tuple[Shown, ...]
Picked = tuple[str, str]
"""A template's id and a style."""
Policy = Callable[[State, History, Preferences, frozenset[str], int, Progress], Picked]


def engine(
    state: State, history: History, preferences: Preferences, triggers: frozenset[str], seed: int, progress: Progress
) -> Picked:
    choice = choose(state, history, preferences, triggers, seed=seed)
    return choice.template, choice.scene.style


def engine_told(
    state: State, history: History, preferences: Preferences, triggers: frozenset[str], seed: int, progress: Progress
) -> Picked:
    """The engine for a patient who agreed that it knows of progress."""
    choice = choose(state, history, preferences, triggers, seed=seed, progress=progress)
    return choice.template, choice.scene.style


def rules_alone(
    state: State, history: History, preferences: Preferences, triggers: frozenset[str], seed: int, progress: Progress
) -> Picked:
    """The technique that the rules lean to most, a scene of it for this emotion and strength that was not shown yet."""
    stand = _stand(state, preferences, triggers, FIRST_STYLE)
    leans, _ = leanings(state, history, preferences)
    there = {one.template.technique for one in stand}
    best = max((name for name in leans if name in there), key=lambda name: leans[name])
    own = [one for one in stand if one.template.technique == best]
    fitting = [one for one in own if state.emotion in one.template.emotions and one.template.fits(state.intensity)]
    return _any(_fresh(fitting or own, history), seed), FIRST_STYLE


def at_random(
    state: State, history: History, preferences: Preferences, triggers: frozenset[str], seed: int, progress: Progress
) -> Picked:
    style = Random(f"{seed}/style").choice(STYLES)  # noqa: S311 -- repeatable on purpose
    return _any(_fresh(list(_stand(state, preferences, triggers, style)), history), seed), style


POLICIES: Final[dict[str, Policy]] = {
    "engine": engine,
    "engine_told": engine_told,
    "rules": rules_alone,
    "random": at_random,
}


def _stand(state: State, preferences: Preferences, triggers: frozenset[str], style: str) -> tuple[Candidate, ...]:
    stand, _ = candidates(state, preferences, triggers, style, allowed(state, preferences))
    if not stand:
        raise NothingStands("no template stands")
    return stand


def _fresh(pool: list[Candidate], history: History) -> list[Candidate]:
    shown = {past.template for past in history}
    return [one for one in pool if one.template.id not in shown] or pool


def _any(pool: list[Candidate], seed: int) -> str:
    return Random(f"{seed}/template").choice(pool).template.id  # noqa: S311 -- repeatable on purpose
