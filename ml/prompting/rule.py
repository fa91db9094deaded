"""What a rule for a technique is: when it applies, what it leans to, and why, in words that a patient understands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ml.prompting.state import Shown, State
from ml.vocabulary import TECHNIQUES

CR, BA, MF, PE = TECHNIQUES
HARD: Final = frozenset({"anger", "disgust", "fear", "sadness"})

History = tuple[Shown, ...]


def always(_state: State, _history: History) -> bool:
    """For a rule that is made only where it applies."""
    return True


@dataclass(frozen=True, slots=True)
class Rule:
    """When it applies, each technique named gains so much. The reason is shown to patient and provider.

    A rule may lean away from a technique; its reason then speaks of what was taken in its place. `own` says otherwise
    why for techniques that the reason does not speak of.
    """

    name: str
    applies: Callable[[State, History], bool]
    leans: Mapping[str, float]
    reason: str
    own: Mapping[str, str] = field(default_factory=dict)

    def told_of(self, technique: str) -> str:
        """What it says of a technique that was chosen; "" where it has nothing to do with it."""
        gain = self.leans.get(technique, 0.0)
        in_its_place = technique not in self.leans and any(lean < 0 for lean in self.leans.values())
        return self.own.get(technique, self.reason) if gain > 0 or in_its_place else ""
