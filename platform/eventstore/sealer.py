"""Sealing: committed events get their gapless positions; then everything that follows the log takes its steps.

`run_once` is one round, for tests and for the loop in `service`.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from eventstore import following
from eventstore.followers import all_followers
from eventstore.models import Follower

BATCH = 1000


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
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT sealed, last_position FROM eventstore.seal(%s)", [limit])
        sealed, last_position = cursor.fetchone()
    return sealed, last_position


def run_once() -> Round:
    """Seal a batch, then let each projection and subscription take one.

    Raises:
        OperationalError, InterfaceError, KeyUnavailable: a part cannot be reached; retry.
    """
    sealed, last_position = seal()
    places = dict(Follower.objects.values_list("name", "position"))
    behind = [follower for follower in all_followers() if places.get(follower.name, 0) < last_position]
    followed = sum(following.step(follower) for follower in behind)
    return Round(max(sealed, 0), followed, last_position)
