"""When a picture is due. Pure: times and facts in, an answer out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

INTERVAL: Final = {
    "face": timedelta(seconds=20),
    "later": timedelta(seconds=20),
    "mood": timedelta(seconds=4),
    "correction": timedelta(seconds=4),
    "more": timedelta(seconds=2),
    "wish": timedelta(seconds=2),
}
"""The least time between two requests, by who speaks: a face may flicker, a patient who says something is answered."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What stands when a picture might be due. `last_requested_at` is None before the first one, which never waits.

    `closed` is the code of why the session or the exercise takes no picture now; "" where it does. `pictures` are those
    that it has or waits for, `most` how many a clinician allows it; None: any number.
    """

    closed: str
    consent: bool
    painting: bool
    last_requested_at: datetime | None
    pictures: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """Paint now."""


@dataclass(frozen=True, slots=True)
class Later:
    """Too soon after the last one; ask again at `at`."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Never:
    """Nothing is painted for this. `reason` is a code."""

    reason: str


class NotDue(Exception):
    """No picture is due now; `answer` says why, or from when on one is."""

    def __init__(self, answer: Later | Never) -> None:
        super().__init__(answer)
        self.answer = answer


def must_be_due(situation: Situation, source: str, at: datetime) -> None:
    """Raises NotDue where `source` may have no picture at this moment."""
    found = answer(situation, source, at)
    if not isinstance(found, Due):
        raise NotDue(found)


def answer(situation: Situation, source: str, at: datetime) -> Due | Later | Never:
    """Whether `source` (a key of INTERVAL) may have a picture at this moment."""
    forbidden = _forbidden(situation)
    if forbidden is not None:
        return Never(forbidden)
    if situation.last_requested_at is None:
        return Due()
    free_at = situation.last_requested_at + INTERVAL[source]
    if at < free_at:
        return Later(free_at)
    if situation.painting:
        return Later(at + INTERVAL["more"])
    return Due()


def _forbidden(situation: Situation) -> str | None:
    """The code of what forbids a picture, if anything does."""
    if situation.closed:
        return situation.closed
    if not situation.consent:
        return "consent"
    return "enough" if situation.most is not None and situation.pictures >= situation.most else None
