"""Which step of a ladder is open. Pure: outcomes in, a place out.

A step counts as eased when distress at its end is at most half of its highest point on that try. That is the customary
mark of in-vivo exposure: stay until distress has fallen by about half (Foa, Hembree and Rothbaum, Prolonged Exposure
Therapy for PTSD, 2007; distress from 0 to 100 after Wolpe's subjective units, 1969). It is a rule for opening steps and
no measure of what was learned: distress need not fall for exposure to work (Craske and others, Maximizing exposure
therapy, Behaviour Research and Therapy 58, 2014). So how often a step must ease is the clinician's to set, and only a
clinician rewrites a ladder. MILD is ours: where distress never rose above it, nothing is left to halve. LONGEST is the
90 minutes of a prolonged-exposure session (Foa and others, 2007): a step left open for longer isn't going on any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from apps.exercises.events import Ending

MILD: Final = 20
LONGEST: Final = timedelta(minutes=90)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One ended try: the step (from 0), why it ended, and its highest and last distress, each 0 to 100."""

    step: int
    why: Ending
    highest: int
    last: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where the patient stands. `resting`: the lowest step went over the limit, and a clinician must write anew."""

    step: int = 0
    eased: int = 0
    resting: bool = False


def place_after(outcomes: Iterable[Outcome], *, steps: int, times: int) -> Place:
    """The place that these tries lead to, oldest first. Tries of lower steps are welcome and change nothing."""
    place = Place()
    for outcome in outcomes:
        place = _after(place, outcome, steps=steps, times=times)
    return place


def has_eased(outcome: Outcome) -> bool:
    return outcome.highest <= MILD or outcome.last * 2 <= outcome.highest


def _after(place: Place, outcome: Outcome, *, steps: int, times: int) -> Place:
    if outcome.why == "limit":
        return Place(step=max(0, outcome.step - 1), resting=outcome.step == 0)
    if outcome.why == "stopped" or outcome.step != place.step:
        return place
    eased = place.eased + 1 if has_eased(outcome) else 0
    if eased >= times and place.step + 1 < steps:
        return Place(step=place.step + 1)
    return replace(place, eased=eased)
