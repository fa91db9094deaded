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
SHARED: Final = 0.2
"""What of each but an upset's is of the picture and the same for all: what no feature holds, rating, mood and face
answer to alike, so that a second signal tells less than the first. In the simulated patients 0.29; with 0.2 a rating
and a face claim a variance of 0.36 for their 0.33, without it 0.29 for 0.34."""


@dataclass(frozen=True, slots=True)
class Response:
    """What the signals say together, in [-1, 1], and how surely: the inverse of its variance."""

    value: float
    precision: float


def response(shown: Shown, *, until_cbt7: bool = False) -> Response | None:
    """The signals' mean, each weighing by the precision of its own part; None where there is none.

    Upset silences the others.

    Args:
        until_cbt7: as if nothing were shared, as engines up to cbt-7 had it, for their records.
    """
    if shown.upset:
        return Response(UPSET, 1 / NOISE["upset"])
    said = {
        "rating": None if shown.rating is None else shown.rating / 2,
        "mood": shown.mood,
        "felt": shown.felt,
    }
    shared = 0.0 if until_cbt7 else SHARED
    found = [(value, 1 / (NOISE[name] - shared)) for name, value in said.items() if value is not None]
    if not found:
        return None
    own = sum(weight for _, weight in found)
    mean = sum(value * weight for value, weight in found) / own
    return Response(mean, own if until_cbt7 else 1 / (shared + 1 / own))
