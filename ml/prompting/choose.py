"""The one call: hard exclusions, then technique, then variety, then a template by what was learned."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from ml.prompting import ENGINE, evolving, reasons
from ml.prompting.eligible import Candidate, candidates, finished
from ml.prompting.library import digest
from ml.prompting.phrase import STYLE_WORDS
from ml.prompting.progress import UNTOLD, Progress
from ml.prompting.slots import NOBODY
from ml.prompting.state import Preferences, Shown, State
from ml.prompting.taste import Taste, Weights, did_good, learned
from ml.prompting.technique import allowed, leanings
from ml.prompting.triggers import canonical, named_in
from ml.scenes.spec import SceneSpec
from ml.vocabulary import TECHNIQUES

FIRST_STYLE: Final = "watercolour"
LEANING: Final = 0.25
"""What a rule's leaning of 1 counts beside a response, which lies in [-1, 1]."""
STYLE_STAYS: Final = 0.1
"""What the style had last gains over the others: one look per patient, until responses speak against it."""
STYLE_CHOSEN: Final = 0.4
"""What the style that the patient chose gains."""
OWN_CELL: Final = 0.1
CHOSEN_KIND: Final = 0.25
OF_THE_PATIENT: Final = 0.2
"""What a scene gains that holds a goal or a place of this patient."""
OUTSIDE: Final = 1.0
"""What a template loses per unit of intensity outside its range."""
STRONG_LIKING: Final = 0.15


class NothingStands(LookupError):
    """Every template is excluded for this patient. Retrying won't help: show a vetted scene, or nothing."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision with all that explains and repeats it.

    `of_the_scene` are those of the reasons that speak of the template's own scene and are not true of another picture.
    """

    template: str
    technique: str
    scene: SceneSpec
    prompt: str
    negative_prompt: str
    reasons: tuple[str, ...]
    alt: str
    line: str
    seed: int
    engine: str
    library: str
    of_the_scene: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    """What one decision is made from."""

    state: State
    history: tuple[Shown, ...]
    preferences: Preferences
    triggers: frozenset[str]
    taste: Taste
    drawn: Weights
    seed: int
    progress: Progress


def choose(
    state: State,
    history: tuple[Shown, ...] = (),
    preferences: Preferences | None = None,
    triggers: Iterable[str] = (),
    technique: str | None = None,
    seed: int = 0,
    progress: Progress = UNTOLD,
) -> Choice:
    """Choose what to paint. `history` is oldest first; `triggers` are tags of `triggers.toml` or free words.

    A technique that the caller names is kept as long as one of its templates stands and no hard limit forbids it.

    Raises:
        NothingStands: the exclusions leave no template.
        ValueError: unknown technique.
    """
    if technique not in (None, *TECHNIQUES):
        raise ValueError("unknown technique")
    wishes = preferences or Preferences()
    taste = learned(history, until_cbt7=wishes.until_cbt7)
    drawn = taste.drawn(_rng(seed, "taste"))
    case = _Case(state, history, wishes, canonical(triggers), taste, drawn, seed, progress)
    stand, taken = _standing(case)
    chosen, why = _technique(case, stand, technique)
    candidate = _template(case, _fresh(_pool(stand, state, chosen), history))
    told = (why, candidate.template.purpose, *_more_reasons(case, candidate, taken))
    return _choice(case, candidate, tuple(dict.fromkeys(reason for reason in told if reason)))


def _rng(seed: int, part: str) -> Random:
    """Randomness of one part, so that a change to one part leaves the others where they were."""
    return Random(f"{seed}/{part}")  # noqa: S311 -- repeatable on purpose


def _standing(case: _Case) -> tuple[tuple[Candidate, ...], int]:
    may = allowed(case.state, case.preferences, case.progress)
    turn = _rng(case.seed, "turn").randrange(2**31)
    stand, taken = candidates(case.state, case.preferences, case.triggers, _style(case), may, turn)
    if not stand:
        raise NothingStands("no template stands for this patient now")
    return stand, taken


def _style(case: _Case) -> str:
    """One style a patient, unless responses speak against it: what they chose, else had last, else the house's.

    Each prompt names its style, so a style that a trigger names would leave no template: another is taken.
    """
    blocked, offered = case.preferences.blocked_styles, case.preferences.offered
    open_styles = [
        style for style in offered if style not in blocked and not named_in(STYLE_WORDS[style], case.triggers)
    ]
    if not open_styles:
        raise NothingStands("every style is ruled out for this patient")
    scores = {style: case.drawn.of(("style", style)) for style in open_styles}
    chosen = [style for style in case.preferences.styles if style in scores]
    before = [shown.style for shown in case.history if shown.style in scores]
    own = (chosen or before[-1:] or [FIRST_STYLE])[0]
    if own in scores:
        scores[own] += STYLE_CHOSEN if chosen else STYLE_STAYS
    return _best(scores, _rng(case.seed, "style"))


def _best(scores: Mapping[str, float], rng: Random) -> str:
    """The one with the highest score; among equals, any."""
    top = max(scores.values())
    return rng.choice([name for name, score in scores.items() if score == top])


def _technique(case: _Case, stand: tuple[Candidate, ...], asked: str | None) -> tuple[str, str]:
    """The technique and why. Of what stands for this emotion, else of what stands at all."""
    fitting = {c.template.technique for c in stand if case.state.emotion in c.template.emotions}
    open_now = fitting or {candidate.template.technique for candidate in stand}
    if asked in open_now:
        return asked, "This way of working was asked for."
    leans, why = leanings(case.state, case.history, case.preferences, case.progress)
    emotion = case.state.emotion
    scores: dict[str, float] = {
        name: LEANING * leans[name] + case.drawn.of(("technique", name), ("in", f"{name}/{emotion}"))
        for name in TECHNIQUES
        if name in open_now
    }
    chosen = _best(scores, _rng(case.seed, "technique"))
    only = len(scores) == 1
    return chosen, reasons.of_the_technique(chosen, why, case.state, case.preferences, only=only)


def _pool(stand: tuple[Candidate, ...], state: State, technique: str) -> tuple[Candidate, ...]:
    """The cell; when exclusions empty it, the technique's neutral scenes; else whatever of the technique stands."""
    own = tuple(candidate for candidate in stand if candidate.template.technique == technique)
    for emotion in (state.emotion, "neutral"):
        cell = tuple(candidate for candidate in own if emotion in candidate.template.emotions)
        if cell:
            return cell
    return own


def _fresh(pool: tuple[Candidate, ...], history: tuple[Shown, ...]) -> tuple[Candidate, ...]:
    """Those shown least often: no scene comes again while another stands."""
    times = Counter(shown.template for shown in history)
    least = min(times[candidate.template.id] for candidate in pool)
    return tuple(candidate for candidate in pool if times[candidate.template.id] == least)


def _template(case: _Case, pool: tuple[Candidate, ...]) -> Candidate:
    scores = {one.template.id: _score(case, one) for one in pool}
    chosen = _best(scores, _rng(case.seed, "template"))
    return next(one for one in pool if one.template.id == chosen)


def _score(case: _Case, candidate: Candidate) -> float:
    """How well it suits the state and this patient: its strength, its cell, what was chosen, what responses taught."""
    template, state = candidate.template, case.state
    low, high = template.intensity
    outside = max(low - state.intensity, state.intensity - high, 0.0)
    suits = (OWN_CELL if template.emotions[0] == state.emotion else 0.0) - OUTSIDE * outside
    liked = CHOSEN_KIND if template.kind in case.preferences.kinds else 0.0
    own = OF_THE_PATIENT if candidate.personal != NOBODY else 0.0
    onward = evolving.GAIN if _goes_on(case, candidate) else 0.0
    return suits + liked + own + onward + case.drawn.of_scene(template)


def _goes_on(case: _Case, candidate: Candidate) -> bool:
    return case.preferences.evolving and evolving.is_next(candidate.template, case.state, case.history)


def _more_reasons(case: _Case, candidate: Candidate, taken: int) -> tuple[str, ...]:
    own = reasons.of_the_patient(candidate, case.state, case.preferences)
    onward = (evolving.REASON,) if _goes_on(case, candidate) else ()
    technique = candidate.template.technique
    course = reasons.of_the_course(technique, case.state, case.history, case.preferences, case.progress)
    return (
        *own,
        *onward,
        *course,
        *reasons.of_the_past(candidate, case.history, liked=_liked(case, candidate), taken=taken),
    )


def _liked(case: _Case, candidate: Candidate) -> bool:
    """Whether scenes like this one did good: taste says so, and it did not only learn that others were worse."""
    if case.taste.expected().of_scene(candidate.template) < STRONG_LIKING:
        return False
    return case.preferences.until_cbt7 or any(did_good(one, candidate.template.kind) for one in case.history)


def _choice(case: _Case, candidate: Candidate, told: tuple[str, ...]) -> Choice:
    template, words = candidate.template, finished(candidate, case.triggers, case.seed)
    return Choice(
        template=template.id, technique=template.technique, scene=words.scene, prompt=words.prompt,
        negative_prompt=words.negative, reasons=told, alt=words.alt, line=words.line, seed=case.seed,
        engine=ENGINE, library=digest(), of_the_scene=reasons.of_the_scene(candidate, told),
    )  # fmt: skip
