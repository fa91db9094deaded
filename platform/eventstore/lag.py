"""How far what a person reads is behind the log: a page that cannot show something yet must not look complete."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from eventstore import wire

LATE_S: Final = 10.0
"""Followers are some milliseconds behind; what takes longer than this is no mere moment of load."""
# The first event that one of them has not seen, else the first that waits for the sealer: a few steps in unique
# indexes, however long the log. As in `vitals`, one that committed after younger ones were sealed is not seen.
_LAG = """WITH place AS (
        SELECT min(coalesce(f.position, 0)) AS position, coalesce(bool_or(f.status = 'stopped'), false) AS stopped
        FROM unnest(%b::text[]) AS wanted (name) LEFT JOIN eventstore_follower f USING (name)
    ), unseen AS (
        (SELECT e.recorded_at FROM eventstore.log_position p JOIN eventstore.event e USING (seq)
            WHERE p.position > (SELECT position FROM place) ORDER BY p.position LIMIT 1)
        UNION ALL
        (SELECT e.recorded_at FROM eventstore.event e
            WHERE e.seq > coalesce((SELECT max(p.seq) FROM eventstore.log_position p), 0) ORDER BY e.seq LIMIT 1)
    )
    SELECT place.stopped, s.next_position - 1 - place.position, first.at,
        coalesce(greatest(0, extract(epoch FROM clock_timestamp() - first.at)), 0)::float8
    FROM place, eventstore.seal_state s, (SELECT min(recorded_at) AS at FROM unseen) AS first"""


@dataclass(frozen=True, slots=True)
class Lag:
    """`positions`: sealed events not seen; `since`: when the oldest unseen one, sealed or not, was recorded."""

    stopped: bool
    positions: int
    since: datetime | None
    seconds: float

    @property
    def late_since(self) -> datetime | None:
        """From when on something may be missing; None while all is well."""
        return self.since if self.stopped or self.seconds > LATE_S else None


def lag_of(*names: str) -> Lag:
    """How these projections and subscriptions stand, taken together: whoever is furthest behind counts.

    Ask before the rows are read: they can only be newer then. Raises as the database does.
    """
    ((stopped, positions, since, seconds),) = wire.fetchall(_LAG, [list(names)])
    return Lag(stopped, positions, since, seconds)
