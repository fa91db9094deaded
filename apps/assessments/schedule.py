"""When a form is due again. PHQ-9 and GAD-7 ask about the last two weeks, so they're repeated every two weeks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from apps.assessments.instruments import OFFERED, Instrument

EVERY: Final = timedelta(days=14)


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A form and the moment from which it's due; `since` None means that it was never answered, so it's due now."""

    instrument: Instrument
    since: datetime | None

    def is_due(self, now: datetime) -> bool:
        return self.since is None or self.since <= now


def next_due(last_scored: Mapping[str, datetime]) -> tuple[Due, ...]:
    """One entry a form on offer, from the time of its last score by instrument key."""
    return tuple(
        Due(instrument=one, since=last_scored[one.key] + EVERY if one.key in last_scored else None) for one in OFFERED
    )
