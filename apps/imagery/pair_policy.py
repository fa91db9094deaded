"""Who is offered a pair after a session. Pure: facts in, a reason against it out.

The generic prompt does not pass the engine's hard rules, so a patient for whom any such rule stands never sees it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

CONSENTS: Final = frozenset({"images", "research"})
"""Both have to stand: pictures are painted, and the answer is used for research."""
MOST_DISTRESS: Final = 60
"""Of 100, at the close. Whoever leaves in more distress than this is not asked to compare pictures."""
LATE: Final = timedelta(minutes=1)
"""So long after a session's end nobody is on its last page any more."""
NO_SCENE: Final = "progressive_exposure"
"""A way of working whose pictures are part of an agreed ladder and are never painted for comparison."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What stands when a session that was drawn has ended.

    Attributes:
        distress: 0 to 100 at the close; None where no feedback was given.
        bound: triggers, vetoes, limits, or kinds or a pair that upset the patient are on record.
        drafts_shown: prompts that no clinician approved may be shown here; nobody approved the generic one.
        technique: of the last picture that was painted, shown and not taken away; None where there is none.
    """

    since_end: timedelta
    consents: frozenset[str]
    distress: int | None
    bound: bool
    drafts_shown: bool
    technique: str | None


def why_not(standing: Standing) -> str | None:
    """The code of the first thing that forbids a pair; None where nothing does."""
    forbids = {
        "consent": not standing.consents >= CONSENTS,
        "no_feedback": standing.distress is None,
        "distress": (standing.distress or 0) > MOST_DISTRESS,
        "bound": standing.bound,
        "unreviewed": not standing.drafts_shown,
        "no_picture": standing.technique in (None, NO_SCENE),
        "late": standing.since_end > LATE,
    }
    return next((reason for reason, holds in forbids.items() if holds), None)
