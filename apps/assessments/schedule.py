"""When a form is due again, and how long one that was begun stands.

PHQ-9 and GAD-7 ask about the last two weeks, so they're repeated every two weeks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.timezone import localdate

from apps.assessments.instruments import OFFERED, Instrument

EVERY: Final = timedelta(days=14)
STANDS: Final = timedelta(days=7)
"""How old an open form may be and still be handed in. Ours, no published figure: its first and its last answer speak of
two weeks each, of which at least one is the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A form and the moment on whose day it's due; `since` None means that it was never answered, so it's due now."""

    instrument: Instrument
    since: datetime | None

    def is_due(self, now: datetime) -> bool:
        """From the first minute of that day on the reader's clock: pages name the day, and no hour of it."""
        return self.since is None or localdate(self.since) <= localdate(now)

    def is_overdue(self, now: datetime) -> bool:
        """Once that day is over. A form that was never answered has no such day."""
        return self.since is not None and localdate(self.since) < localdate(now)


def stands(started_at: datetime, now: datetime) -> bool:
    """Whether an open form can be gone on with; past that, its answers and today's would make one total."""
    return now - started_at <= STANDS


def next_due(last_scored: Mapping[str, datetime]) -> tuple[Due, ...]:
    """One entry a form on offer, from the time of its last score by instrument key."""
    return tuple(
        Due(instrument=one, since=last_scored[one.key] + EVERY if one.key in last_scored else None) for one in OFFERED
    )
