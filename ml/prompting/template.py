"""One template: a scene of its own, with what it is for and for whom it is not."""

import re
from dataclasses import dataclass
from typing import Final

SLOTS: Final = ("season", "day_time", "goal", "goal_name", "liked_place")
"""Slots a text may hold. A template whose slot has no value for this patient now is not eligible.

`goal` is a thing that can be painted and stands for what the patient works towards, `goal_name` says it in words.
"""

LOCAL: Final = "local"
"""The `time` of a scene that stands at the patient's own hour; without one it is not eligible."""
_SLOT: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A hand-written scene. `emotions[0]` is the cell it counts in; intensity is an inclusive range in [0, 1].

    `season` is None when the scene stands in any season, `time` LOCAL when it stands at any hour, the patient's
    own. `contraindications` are trigger tags (`triggers.toml`). `line` is what the patient reads beside the
    picture, `alt` what a screen reader says; text, alt and line may hold slots. `language` is that of all three.
    """

    id: str
    technique: str
    emotions: tuple[str, ...]
    kind: str
    time: str
    weather: str
    palette: str
    season: str | None
    intensity: tuple[float, float]
    text: str
    negative: str
    contraindications: frozenset[str]
    alt: str
    line: str
    purpose: str
    reference: str
    language: str = "en"

    def slots(self) -> frozenset[str]:
        """The slots that must have a value."""
        of_its_hour = {"day_time"} if self.time == LOCAL else set[str]()
        return frozenset(_SLOT.findall(f"{self.text} {self.alt} {self.line}")) | of_its_hour

    def fits(self, intensity: float) -> bool:
        """Whether the scene suits this strength of feeling."""
        low, high = self.intensity
        return low <= intensity <= high
