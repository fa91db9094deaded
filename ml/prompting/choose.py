"""The one call: hard exclusions, then technique, then a template by what was learned, then variety."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Final

from ml.prompting import ENGINE
from ml.prompting.eligible import Candidate, candidates
from ml.prompting.learning import Feature, draw, features, learned, liking, odds
from ml.prompting.library import digest, templates
from ml.prompting.state import Preferences, Shown, State
from ml.prompting.technique import allowed, leanings
from ml.prompting.triggers import canonical
from ml.scenes.spec import STYLES, SceneSpec
from ml.vocabulary import TECHNIQUES

FIRST_STYLE: Final = "watercolour"
TECHNIQUE_HEAT: Final = 0.5
STYLE_STAYS: Final = 4.0
"""Odds of about 50 to 1 for keeping a patient's style while nothing was rated: one look per patient."""
OWN_CELL: Final = 0.4
CHOSEN_KIND: Final = 0.8
OUTSIDE: Final = 4.0
"""What a template loses per unit of intensity outside its range."""
STRONG_LIKING: Final = 0.3


class NothingStands(LookupError):
    """Every template is excluded for this patient. Retrying won't help: show a vetted scene, or nothing."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision with all that explains and repeats it."""

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


@dataclass(frozen=True, slots=True)
class _Case:
    """What one decision is made from."""

    state: State
    history: tuple[Shown, ...]
    preferences: Preferences
    weights: dict[Feature, float]
    seed: int

    def rng(self, part: str) -> Random:
        """Randomness of one part, so that a change to one part leaves the others where they were."""
        return Random(f"{self.seed}/{part}")  # noqa: S311 -- repeatable on purpose


def choose(
    state: State,
    history: tuple[Shown, ...] = (),
    preferences: Preferences | None = None,
    triggers: Iterable[str] = (),
    technique: str | None = None,
    seed: int = 0,
) -> Choice:
    """Choose what to paint. `history` is oldest first; `triggers` are tags of `triggers.toml` or free words.

    A technique that the caller names is kept as long as one of its templates stands and no hard limit forbids it.

    Raises:
        NothingStands: the exclusions leave no template.
        ValueError: unknown technique.
    """
    if technique not in (None, *TECHNIQUES):
        raise ValueError("unknown technique")
    case = _Case(state, history, preferences or Preferences(), learned(history), seed)
    stand, taken = _standing(case, canonical(triggers))
    chosen, why = _technique(case, stand, technique)
    candidate = _template(case, _fresh(_pool(stand, state, chosen), history))
    reasons = (why, candidate.template.purpose, *_more_reasons(case, candidate, taken))
    return _choice(candidate, tuple(reason for reason in reasons if reason), seed)


def _standing(case: _Case, triggers: frozenset[str]) -> tuple[tuple[Candidate, ...], int]:
    style = draw(odds(_style_scores(case)), case.rng("style"))
    may = allowed(case.state, case.preferences)
    open_templates = [template for template in templates() if template.technique in may]
    stand, taken = candidates(open_templates, case.state, case.preferences, triggers, style, case.seed)
    if not stand:
        raise NothingStands("no template stands for this patient now")
    return stand, taken


def _style_scores(case: _Case) -> dict[str, float]:
    """One style a patient, unless ratings speak against it: what they chose, else had last, else the house's."""
    scores = {style: 3 * liking(case.weights, [("style", style)]) for style in STYLES}
    chosen = [style for style in case.preferences.styles if style in scores]
    before = [shown.style for shown in case.history if shown.style in scores]
    scores[(chosen or before[-1:] or [FIRST_STYLE])[0]] += STYLE_STAYS
    return scores


def _technique(case: _Case, stand: tuple[Candidate, ...], asked: str | None) -> tuple[str, str]:
    """The technique and why. Of what stands for this emotion, else of what stands at all."""
    fitting = {c.template.technique for c in stand if case.state.emotion in c.template.emotions}
    open_now = fitting or {candidate.template.technique for candidate in stand}
    if asked in open_now:
        return asked, "This way of working was asked for."
    scores, reasons = leanings(case.state, case.history, case.preferences)
    scored = {
        name: scores[name] + liking(case.weights, [("technique", name)]) for name in TECHNIQUES if name in open_now
    }
    chosen = draw(odds(scored, heat=TECHNIQUE_HEAT), case.rng("technique"))
    return chosen, reasons.get(chosen, "It adds a little variety.")


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
    drawn = draw(template_odds(case.state, pool, case.preferences, case.weights), case.rng("template"))
    return next(candidate for candidate in pool if candidate.template.id == drawn)


def template_odds(
    state: State, pool: tuple[Candidate, ...], preferences: Preferences, weights: dict[Feature, float]
) -> dict[str, float]:
    """How likely each template of the pool is: its strength, its cell, what was chosen and what ratings taught."""
    scores = {}
    for template in (candidate.template for candidate in pool):
        low, high = template.intensity
        outside = max(low - state.intensity, state.intensity - high, 0.0)
        suits = (OWN_CELL if template.emotions[0] == state.emotion else 0.0) - OUTSIDE * outside
        liked = CHOSEN_KIND if template.kind in preferences.kinds else 0.0
        scores[template.id] = suits + liked + liking(weights, features(template))
    return odds(scores)


def _more_reasons(case: _Case, candidate: Candidate, taken: int) -> tuple[str, ...]:
    template, found = candidate.template, []
    if liking(case.weights, features(template)) >= STRONG_LIKING:
        found.append("You rated pictures like this well.")
    if case.history and all(shown.template != template.id for shown in case.history):
        found.append("It is new to you.")
    if taken:
        found.append("Scenes with things you asked not to see were left out.")
    return tuple(found)


def _choice(candidate: Candidate, reasons: tuple[str, ...], seed: int) -> Choice:
    template, words = candidate.template, candidate.words
    return Choice(
        template=template.id, technique=template.technique, scene=words.scene, prompt=words.prompt,
        negative_prompt=words.negative, reasons=reasons, alt=words.alt, line=words.line, seed=seed,
        engine=ENGINE, library=digest(),
    )  # fmt: skip
