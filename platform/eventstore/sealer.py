"""Sealing: committed events get their gapless positions; then everything that follows the log takes its steps.

`run_once` is one round, for tests and for the loop in `service`.
"""

from dataclasses import dataclass

from eventstore import following, wire
from eventstore.followers import all_followers
from eventstore.models import Follower

BATCH = 10_000  # each batch looks at all that waits: after an outage, a few large ones
_SEAL = "SELECT sealed, last_position FROM eventstore.seal(%b::integer)"
_PLACE = ("name", "position", "status")


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did; false when there was nothing to do."""

    sealed: int
    followed: int
    last_position: int

    def __bool__(self) -> bool:
        return bool(self.sealed or self.followed)


def seal(limit: int = BATCH) -> tuple[int, int]:
    """Give positions to at most `limit` committed events: how many, and the last position. (-1, …): another sealer
    is at work."""
    ((sealed, last_position),) = wire.fetchall(_SEAL, [limit])
    return sealed, last_position


def follow(last_position: int) -> int:
    """Let each projection and subscription that is behind take a batch. How many positions they took in all.

    Most events concern few followers; those that want nothing of what is new are moved on together.
    """
    places = {name: (position, status) for name, position, status in Follower.objects.values_list(*_PLACE)}
    at_start = (0, Follower.Status.RUNNING)
    behind = []
    for follower in all_followers():
        position, status = places.get(follower.name, at_start)
        if position < last_position and status == Follower.Status.RUNNING:
            behind.append((follower, position))
    bored, reach = _bored([one for one in behind if one[0].name in places])
    taken = sum(following.step(one[0]) for one in behind if one not in bored)
    return taken + following.pass_over(bored, reach)


def _bored(behind: list[tuple[following.Following, int]]) -> tuple[list[tuple[following.Following, int]], int]:
    """Those who want nothing of the next events, and how far that was looked at. Only who stands near the end is
    looked at: the others have a batch of their own to read.
    """
    if not behind:
        return [], 0
    ahead = following.upcoming(max(position for _, position in behind), following.BATCH)
    start = ahead[0][0] if ahead else 0
    near = [one for one in behind if ahead and one[1] == start - 1]
    names = [name for _, name in ahead]
    return [one for one in near if following.wants_nothing(one[0], names)], ahead[-1][0] if ahead else 0


def run_once() -> Round:
    """Seal a batch, then let everything that follows take one.

    Raises:
        OperationalError, InterfaceError, KeyUnavailable: a part cannot be reached; retry.
    """
    sealed, last_position = seal()
    return Round(max(sealed, 0), follow(last_position), last_position)
