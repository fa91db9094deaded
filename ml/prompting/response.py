"""How a picture was taken, from all that tells: the rating, the mood that was reported, and what the face did."""

from dataclasses import dataclass
from typing import Final

from ml.prompting.state import Shown

UPSET: Final = -1.0
NOISE: Final = {"upset": 0.05, "rating": 0.4, "mood": 0.8, "felt": 1.0}
"""Variance of each signal about what the engine's features can say of the picture: set by us, not measured.

Most of a rating's is what no feature holds: about half of a taste. A tap that takes the picture away leaves no doubt; a
face in the half minute after it may have other reasons.
"""


@dataclass(frozen=True, slots=True)
class Response:
    """What the signals say together, in [-1, 1], and how surely: the inverse of its variance."""

    value: float
    precision: float


def response(shown: Shown) -> Response | None:
    """The signals' mean, each weighing by its precision; None where there is none. Upset silences the others."""
    if shown.upset:
        return Response(UPSET, 1 / NOISE["upset"])
    said = {
        "rating": None if shown.rating is None else shown.rating / 2,
        "mood": shown.mood,
        "felt": shown.felt,
    }
    found = [(value, 1 / NOISE[name]) for name, value in said.items() if value is not None]
    if not found:
        return None
    precision = sum(weight for _, weight in found)
    return Response(sum(value * weight for value, weight in found) / precision, precision)
