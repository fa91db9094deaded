"""The rules of reviewing an alert. Pure: history in, events out."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from apps.providers.events import ReviewRecorded

SHORTEST_REASON: Final = 3
LONGEST_REASON: Final = 2000


class AlreadyReviewed(ValueError):
    """Someone was first; an alert is acknowledged once, and what they wrote stands."""


class ReasonMissing(ValueError):
    """Acknowledging needs a few words: what was done, or why nothing had to be."""


class RaisedMeanwhile(ValueError):
    """It was raised higher, or more was written, since they looked: what they judged is not what stands there now."""


class LedgerBehind(RuntimeError):
    """The ledger cannot say for the moment whether it was raised higher; try again once it has caught up."""


def acknowledge(history: Sequence[object], *, alert_id: UUID, reason: str, as_of: str) -> list[object]:
    """Take note of an alert as it was at `as_of`, once. Raises AlreadyReviewed, ReasonMissing."""
    if history:
        raise AlreadyReviewed
    reason = reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise ReasonMissing
    return [ReviewRecorded(alert_id=alert_id, reason=reason, as_of=as_of)]
