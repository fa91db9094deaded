"""The engine's arm of a pair: the finished prompt of the last picture that was painted and stayed. Pure.

The last one, not the best rated: a picture that was picked because it was liked would be compared on its own ground.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from apps.imagery.events import ImageComposed, ImageReworded, ImageShown, ImageWithdrawn

TAKEN: Final = "taken"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the engine had painted, in the words that the painter was given."""

    request_id: UUID
    template: str
    technique: str
    emotion: str
    style: str
    prompt: str
    negative: str


def last_decision(happened: Sequence[Any]) -> Decision | None:
    """Of a session's pictures, in order; None where none was painted by the model, or each was taken away."""
    gone = {one.image_id for one in happened if isinstance(one, ImageWithdrawn)}
    composed = {one.request_id: one for one in happened if isinstance(one, ImageComposed)}  # the last attempt's
    reworded = {(one.request_id, one.attempt): one for one in happened if isinstance(one, ImageReworded)}
    for shown in reversed([one for one in happened if isinstance(one, ImageShown)]):
        decided = composed.get(shown.request_id)
        if decided is None or shown.fallback or shown.image_id in gone or shown.template != decided.template:
            continue
        words = reworded.get((decided.request_id, decided.attempt))
        prompt = words.prompt if words and words.outcome == TAKEN else decided.prompt
        return Decision(
            decided.request_id, shown.template, shown.technique, shown.emotion, shown.style, prompt, decided.negative
        )
    return None
