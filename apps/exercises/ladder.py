"""An exposure ladder as its events leave it: where the patient stands, and the try that is going on. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from uuid import UUID

from apps.exercises.events import (
    AttemptEnded,
    CalmBegun,
    DistressSaid,
    Ending,
    LadderAgreed,
    LadderAgreementWithdrawn,
    LadderClosed,
    LadderWritten,
    StepBegun,
)
from apps.exercises.unlocking import Outcome, Place, place_after


class LadderUnknown(LookupError):
    """No ladder was written under this id."""


class LadderWrong(ValueError):
    """The ladder can't be written like this; the message says why."""


class DistressWrong(ValueError):
    """Distress is a whole number from 0 to 100."""


class NotNow(ValueError):
    """The rules refuse this at the moment. `code` says why, for words that fit."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One try of a step. `why` is None while the patient is on the step; `after` is what was said at the end."""

    attempt_id: UUID
    step: int
    before: int
    highest: int
    last: int
    why: Ending | None = None
    after: int | None = None

    def outcome(self) -> Outcome:
        assert self.why is not None, "only a try that left its step has an outcome"  # noqa: S101 - an invariant
        return Outcome(step=self.step, why=self.why, highest=self.highest, last=self.last)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ladder:
    """A ladder as its events leave it. `tries` are the ended ones since it was last written; `now` is the open one.

    `writing` is the version at which it was last written: what a patient read who read it now.
    """

    version: int = 0
    written: LadderWritten | None = None
    writing: int = 0
    agreed: bool = False
    closed: bool = False
    tries: tuple[Attempt, ...] = ()
    now: Attempt | None = None

    @property
    def on_a_step(self) -> bool:
        """Whether the patient is on a step at this moment; on the calm picture they no longer are."""
        return self.now is not None and self.now.why is None

    @property
    def place(self) -> Place:
        if self.written is None:
            return Place()
        ended = (one.outcome() for one in (*self.tries, self.now) if one and one.why)
        return place_after(ended, steps=len(self.written.steps), times=self.written.times)


def replay(history: Iterable[object]) -> Ladder:
    """The ladder as the events leave it; `version` counts them."""
    return reduce(after, history, Ladder())


def after(ladder: Ladder, happened: object) -> Ladder:
    """The ladder after one more event."""
    ladder = replace(ladder, version=ladder.version + 1)
    match happened:
        case LadderWritten():
            return replace(ladder, written=happened, writing=ladder.version, agreed=False, tries=())
        case LadderAgreed():
            return replace(ladder, agreed=True)
        case LadderAgreementWithdrawn():
            return replace(ladder, agreed=False)
        case LadderClosed():
            return replace(ladder, closed=True)
        case StepBegun():
            said = happened.distress
            begun = Attempt(attempt_id=happened.attempt_id, step=happened.step, before=said, highest=said, last=said)
            return replace(ladder, now=begun)
    return _apply_to_try(ladder, happened)


def _apply_to_try(ladder: Ladder, happened: object) -> Ladder:
    now = ladder.now
    if now is None:
        return ladder
    match happened:
        case DistressSaid():
            highest = max(now.highest, happened.distress)
            return replace(ladder, now=replace(now, highest=highest, last=happened.distress))
        case CalmBegun():
            return replace(ladder, now=replace(now, why=happened.why))
        case AttemptEnded():
            return replace(ladder, now=None, tries=(*ladder.tries, replace(now, after=happened.distress)))
    return ladder
