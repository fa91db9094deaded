"""Made-up decisions to be made: any state, wish, limit and course, with what a patient must not see."""

from dataclasses import dataclass
from random import Random
from typing import Final

from ml.prompting.library import by_id
from ml.prompting.measuring.banned import tagged_words
from ml.prompting.progress import COURSES, Progress
from ml.prompting.slots import goals, liked_places
from ml.prompting.state import DAY_TIMES, SEASONS, Preferences, Shown, State
from ml.scenes.spec import KINDS, STYLES
from ml.vocabulary import EMOTIONS, TECHNIQUES

OWN_WORDS: Final = ("clock", "grandmother", "willow", "bench", "kite", "candle")
EXPOSURE: Final = "progressive_exposure"
APPROVED: Final = 1 / 3
"""The share with an approved ladder. Half of them ask for exposure, so that its gate is met often."""


@dataclass(frozen=True, slots=True)
class Case:
    """What one decision is asked with."""

    state: State
    history: tuple[Shown, ...]
    preferences: Preferences
    triggers: frozenset[str]
    asked: str | None
    seed: int
    progress: Progress


def drawn(random: Random, season: str | None, day_time: str | None) -> Case:
    """A case of this season and time of day: decisions that share them share the words that the engine keeps."""
    approved = random.random() < APPROVED
    techniques = (EXPOSURE,) if approved and random.random() < 0.5 else TECHNIQUES
    return Case(
        state=State(
            random.choice(EMOTIONS), random.random(), random.uniform(-1, 1), volatility=random.random(),
            distress=random.choice((None, random.randrange(101))), season=season, day_time=day_time,
        ),
        history=_history(random),
        preferences=_preferences(random, approved=approved),
        triggers=frozenset(random.sample([*tagged_words(), *OWN_WORDS], random.choice((0, 1, 2, 4)))),
        asked=random.choice((None, *techniques)),
        seed=random.randrange(2**31),
        progress=_progress(random),
    )  # fmt: skip


def times_and_seasons() -> tuple[tuple[str | None, str | None], ...]:
    """Each season with each time of day, unknown ones too."""
    return tuple((season, time) for season in (None, *SEASONS) for time in (None, *DAY_TIMES))


def _preferences(random: Random, *, approved: bool) -> Preferences:
    templates = sorted(by_id())

    def some(words: tuple[str, ...] | list[str], *sizes: int) -> frozenset[str]:
        return frozenset(random.sample(words, random.choice(sizes)))

    return Preferences(
        styles=tuple(some(STYLES, 0, 1)), kinds=tuple(some(KINDS, 0, 2)), techniques=tuple(some(TECHNIQUES, 0, 1)),
        goals=tuple(some(sorted(goals()), 0, 1, 3)), liked_places=tuple(some(sorted(liked_places()), 0, 1, 3)),
        language=random.choice(("", "en", "de-CH")), intensity_ceiling=random.choice((None, 0.0, 0.4, 0.8)),
        blocked_kinds=some(KINDS, 0, 1, 3, 8), blocked_templates=some(templates, 0, 20, 300),
        blocked_techniques=some(TECHNIQUES, 0, 0, 1), blocked_styles=some(STYLES, 0, 1, 3),
        closed_templates=some(templates, 0, 20, 300),
        open_templates=some(templates, 600) if random.random() < 0.3 else None,
        ladder_approved=approved, calming=random.random() < 0.2, evolving=random.random() < 0.5,
    )  # fmt: skip


def _history(random: Random) -> tuple[Shown, ...]:
    templates = sorted(by_id())
    return tuple(
        Shown(
            random.choice(templates), random.choice(EMOTIONS), random.choice((None, -2, -1, 0, 1, 2)),
            upset=random.random() < 0.05, style=random.choice(STYLES), age_s=60.0 * (ago + 1),
        )
        for ago in reversed(range(random.choice((0, 0, 3, 12))))
    )  # fmt: skip


def _progress(random: Random) -> Progress:
    told = random.sample(("phq-9", "gad-7"), random.choice((0, 1, 2)))
    return Progress({form: random.choice(COURSES) for form in told}, goal_reached=random.random() < 0.2)
