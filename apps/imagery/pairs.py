"""The rules of a session's paired choice: history in, new events out. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from random import Random
from typing import Any, Final, Protocol
from uuid import UUID

from apps.imagery import pair_events
from apps.imagery.pair_events import PairChosen, PairOffered, PairWithheld

FIRST, SECOND, NO_DIFFERENCE, SKIPPED = "first", "second", "no_difference", "skipped"
UPSET: Final = pair_events.UPSET
PLACES: Final = (FIRST, SECOND)
ANSWERS: Final = (*PLACES, NO_DIFFERENCE, SKIPPED, UPSET)
ENGINE, GENERIC, UNANSWERED = "engine", "generic", "unanswered"
OPEN_FOR: Final = timedelta(hours=1)
"""How long a pair waits for its answer: it asks about a session that is still felt."""


class PairUnknown(LookupError):
    """No pair was offered after this session."""


class PairAnswered(Exception):
    """The pair has its answer, which stands."""


class PairClosed(Exception):
    """The answer came too late, an agreement that the pair rests on was taken back, or a rule came to stand."""


class NoSuchAnswer(ValueError):
    """An answer is one of ANSWERS."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A session's pair as its events leave it."""

    offered: PairOffered | None = None
    withheld: PairWithheld | None = None
    answer: str | None = None
    version: int = 0

    @property
    def settled(self) -> bool:
        """Whether it is known that the session has a pair, or that it gets none."""
        return self.offered is not None or self.withheld is not None

    def is_open(self, at: datetime) -> bool:
        """Whether it may be looked at and answered at this moment."""
        return self.offered is not None and self.answer is None and at <= self.offered.offered_at + OPEN_FOR


@dataclass(frozen=True, slots=True)
class Draw:
    """What chance says about a session: the same each time."""

    taken: bool
    engine_first: bool
    seed: int  # of both pictures; other than the session's own, so that none comes back as it was


class History(Protocol):
    """What a recorded event tells the rules."""

    @property
    def event(self) -> Any: ...
    @property
    def version(self) -> int: ...


def draw(session_id: UUID, share: float) -> Draw:
    """Whether a session is drawn for a pair, in which order and from which noise. `share` lies in [0, 1]."""
    luck = Random(f"{session_id}/pair")  # noqa: S311 -- repeatable on purpose
    return Draw(taken=luck.random() < share, engine_first=luck.random() < 0.5, seed=luck.randrange(2**31))


def replay(history: Iterable[History]) -> Pair:
    """What a history leaves."""
    return reduce(_apply, history, Pair())


def _apply(pair: Pair, recorded: History) -> Pair:
    pair = replace(pair, version=recorded.version)
    match recorded.event:
        case PairOffered() as offered:
            return replace(pair, offered=offered)
        case PairWithheld() as withheld:
            return replace(pair, withheld=withheld)
        case PairChosen(answer=answer):
            return replace(pair, answer=answer)
    return pair


def settle(pair: Pair, outcome: PairOffered | PairWithheld) -> list[object]:
    """Offer a pair or say why there is none; once."""
    return [] if pair.settled else [outcome]


def choose(pair: Pair, answer: str, *, at: datetime) -> list[object]:
    """Answer the pair.

    Raises:
        NoSuchAnswer, PairUnknown, PairAnswered, PairClosed
    """
    if answer not in ANSWERS:
        raise NoSuchAnswer
    if pair.offered is None:
        raise PairUnknown
    if pair.answer is not None:
        raise PairAnswered
    if not pair.is_open(at):
        raise PairClosed
    return [PairChosen(answer=answer, chosen_at=at)]


def at_place(offered: PairOffered, place: str) -> tuple[UUID, str]:
    """The picture that the page shows at a place, and what it says about it."""
    if (place == FIRST) == offered.engine_first:
        return offered.engine_image_id, offered.engine.alt
    return offered.generic_image_id, offered.generic.alt


def outcome(answer: str | None, *, engine_first: bool) -> str:
    """What an answer says of the arms: ENGINE, GENERIC, UNANSWERED, or the answer itself where it prefers neither."""
    if answer is None:
        return UNANSWERED
    if answer not in PLACES:
        return answer
    return ENGINE if (answer == FIRST) == engine_first else GENERIC
