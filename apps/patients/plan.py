"""What a clinician may set for one patient's pictures. Pure."""

from collections.abc import Mapping
from typing import Final

from apps.patients.events import PlanSet
from ml.vocabulary import TECHNIQUES

MOST_PICTURES: Final = 99
LONGEST_NOTE: Final = 500
STEADYING: Final = "mindfulness"
LADDER: Final = "progressive_exposure"
NO_PLAN: Final = PlanSet(
    most_pictures=None, intensity_ceiling=None, techniques_out=(), techniques_preferred=(), note=""
)
"""Nothing is limited and nothing preferred."""


class PlanWrong(ValueError):
    """The plan can't stand like this. `code` says why, for words that fit."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def checked(wanted: PlanSet) -> PlanSet:
    """The plan in the vocabulary's order.

    Raises:
        PlanWrong: "unknown_technique", "both" (ruled out and preferred), "none_left" (the ladder alone is no way of
        working), "nothing_steadies" (above the ceiling only mindfulness is used), "pictures", "intensity" or "note".
    """
    out, preferred = set(wanted.techniques_out), set(wanted.techniques_preferred)
    ceiling, most = wanted.intensity_ceiling, wanted.most_pictures
    wrong: Mapping[str, bool] = {
        "unknown_technique": not out | preferred <= set(TECHNIQUES),
        "both": bool(out & preferred),
        "none_left": set(TECHNIQUES) - out <= {LADDER},
        "nothing_steadies": ceiling is not None and STEADYING in out,
        "pictures": most is not None and not 0 <= most <= MOST_PICTURES,
        "intensity": ceiling is not None and not 0 <= ceiling <= 100,
        "note": len(wanted.note) > LONGEST_NOTE,
    }
    if found := [code for code, holds in wrong.items() if holds]:
        raise PlanWrong(found[0])
    return PlanSet(
        most_pictures=most,
        intensity_ceiling=ceiling,
        techniques_out=tuple(name for name in TECHNIQUES if name in out),
        techniques_preferred=tuple(name for name in TECHNIQUES if name in preferred),
        note=wanted.note.strip(),
    )
