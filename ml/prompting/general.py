"""Lines for a picture that no template was written for: what the technique asks, without naming what is shown."""

from random import Random
from typing import Final

LINES: Final[dict[str, tuple[str, ...]]] = {
    "cognitive_restructuring": (
        "Look once more, a little longer. What do you see now that you missed at first?",
        "From here, what looks different from what you thought?",
        "If a friend stood here with you, what would they point out?",
    ),
    "behavioural_activation": (
        "If you were there, what small thing would you do first?",
        "Pick one small thing you could do today that goes with this place.",
        "Where would your first step lead? A small one counts.",
    ),
    "mindfulness": (
        "Stay here for three breaths. There is nothing to do.",
        "Let your eyes go slowly from one side to the other. What do you notice?",
        "Breathe in with the light, and out with the quiet.",
    ),
    "progressive_exposure": (
        "You can look from as far away as you like. Stay as long as feels right.",
        "One small step is plenty for today. You choose it.",
        "You can stop at any time. How is it to look for three breaths?",
    ),
}


def line(technique: str, seed: int) -> str:
    """One of the technique's lines; the same seed gives the same one."""
    return Random(f"{seed}/line").choice(LINES[technique])  # noqa: S311 -- repeatable on purpose
