"""How a patient has come along, as far as the engine may know: words and shares, never a score or an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ml.vocabulary import TECHNIQUES

BETTER: Final = "better"
SAME: Final = "same"
WORSE: Final = "worse"
COURSES: Final = (BETTER, SAME, WORSE)
PRACTISED: Final = frozenset(TECHNIQUES) - {"progressive_exposure"}
"""Techniques that have exercises which a patient rates. How a step of a ladder went is the clinician's to judge."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known of how it has gone; empty but for a goal reached where the patient has not agreed to more.

    `questionnaires` maps each form to how its latest answers stand against its first, one of COURSES. `exercises` maps
    a technique to how much better things were after its exercises than before, on average, in -1…1. `goal_reached`
    says that the patient reached a goal of late; records of engines before cbt-5 lack it.
    """

    questionnaires: Mapping[str, str] = field(default_factory=dict, hash=False)
    exercises: Mapping[str, float] = field(default_factory=dict, hash=False)
    goal_reached: bool = False

    def __post_init__(self) -> None:
        """Refuse words that no rule knows: they would be taken for no news."""
        if not set(self.questionnaires.values()) <= set(COURSES):
            raise ValueError("unknown course")
        if not set(self.exercises) <= PRACTISED or any(not -1 <= change <= 1 for change in self.exercises.values()):
            raise ValueError("unknown technique, or a change outside -1…1")

    @property
    def course(self) -> str:
        """All questionnaires together: one that got worse is heard before one that got better. SAME where none is."""
        found = set(self.questionnaires.values())
        return next((word for word in (WORSE, BETTER) if word in found), SAME)


UNTOLD: Final = Progress()
