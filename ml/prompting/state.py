"""What the engine is told: how the patient is, what was shown, what is liked and what must not be seen."""

from dataclasses import dataclass, field
from typing import Final

from ml.prompting.slots import goals, liked_places
from ml.scenes.spec import STYLES
from ml.vocabulary import EMOTIONS, TECHNIQUES

SEASONS: Final = ("spring", "summer", "autumn", "winter")
DAY_TIMES: Final = ("morning", "afternoon", "evening", "night")


@dataclass(frozen=True, slots=True)
class State:
    """The emotional state now. Intensity and volatility lie in [0, 1], trend in [-1, 1] (rising is positive).

    `persistence_s` is how long the emotion has lasted; `distress` is the patient's own 0…100, when given; `season` and
    `day_time` are the patient's local ones, when known.
    """

    emotion: str
    intensity: float = 0.5
    trend: float = 0.0
    persistence_s: float = 0.0
    volatility: float = 0.0
    distress: int | None = None
    season: str | None = None
    day_time: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no rule could weigh."""
        if self.emotion not in EMOTIONS:
            raise ValueError("unknown emotion")
        if not (0 <= self.intensity <= 1 and 0 <= self.volatility <= 1 and -1 <= self.trend <= 1):
            raise ValueError("intensity and volatility lie in 0…1, trend in -1…1")
        if self.season not in (None, *SEASONS) or self.day_time not in (None, *DAY_TIMES):
            raise ValueError("unknown season or time of day")


@dataclass(frozen=True, slots=True)
class Shown:
    """One earlier picture, oldest first in a history. `rating` is -2…2, or None when the patient gave none.

    `mood` is how much the mood that the patient reports rose with it, `felt` how much the face brightened in the half
    minute after it; both in [-1, 1], None where nobody can say. `age_s` is how long before this decision it was shown.
    """

    template: str
    emotion: str
    rating: int | None = None
    upset: bool = False
    style: str = ""
    mood: float | None = None
    felt: float | None = None
    age_s: float | None = None

    def __post_init__(self) -> None:
        """Refuse a rating that would carry more weight than the bounds were made for."""
        if self.rating is not None and not -2 <= self.rating <= 2:
            raise ValueError("a rating lies in -2…2")
        if any(not -1 <= change <= 1 for change in (self.mood, self.felt) if change is not None):
            raise ValueError("changes of mood and face lie in -1…1")
        if self.age_s is not None and self.age_s < 0:
            raise ValueError("a picture is no younger than now")


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the patient chose, and what a clinician allows.

    `styles` and `kinds` are liked scene words, most liked first; `offered` are the styles there are. What is blocked is
    never shown; where every style is, nothing is. `goals` and `liked_places` are words of `templates/slots.toml`,
    `language` a tag such as "de"; "" where none is set. `techniques` are those that a clinician prefers,
    `ladder_approved` says that the patient is on a step of an exposure ladder written with a clinician, `calming`
    that the calm picture after one shows, `evolving` that pictures of a sitting may follow one another as a
    sequence does, and a hard feeling above `intensity_ceiling` is only steadied. `closed_templates` are those that
    the organisation does not use, whoever the patient is; `open_templates`, where they are named, are the only ones
    that it does. `until_cbt7` is for records alone: the choice is made as engines up to cbt-7 made it.
    """

    styles: tuple[str, ...] = ()
    offered: tuple[str, ...] = STYLES
    kinds: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    liked_places: tuple[str, ...] = ()
    language: str = ""
    intensity_ceiling: float | None = None
    blocked_kinds: frozenset[str] = field(default_factory=frozenset)
    blocked_templates: frozenset[str] = field(default_factory=frozenset)
    blocked_techniques: frozenset[str] = field(default_factory=frozenset)
    blocked_styles: frozenset[str] = field(default_factory=frozenset)
    closed_templates: frozenset[str] = field(default_factory=frozenset)
    open_templates: frozenset[str] | None = None
    ladder_approved: bool = False
    calming: bool = False
    evolving: bool = False
    until_cbt7: bool = False

    def __post_init__(self) -> None:
        """Refuse words that do not exist: a block with a typo would block nothing, a free word would be painted."""
        if not {*self.techniques, *self.blocked_techniques} <= set(TECHNIQUES):
            raise ValueError("unknown technique")
        if not (set(self.goals) <= goals().keys() and set(self.liked_places) <= liked_places().keys()):
            raise ValueError("unknown goal or place")
        if self.intensity_ceiling is not None and not 0 <= self.intensity_ceiling <= 1:
            raise ValueError("a ceiling lies in 0…1")

    def uses(self, template: str) -> bool:
        """Whether the organisation uses the template of this id."""
        named = self.open_templates is None or template in self.open_templates
        return named and template not in self.closed_templates
