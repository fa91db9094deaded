"""How the log and what follows it stand, for `/metrics`: who stopped, who is behind, what waits; names and numbers.

A sealer that is away, a read model that stopped and a job that nobody does fail no request: this is where they show.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from eventstore import jobs, projection, scraping, subscription, wire
from eventstore.models import Follower

# Two steps in unique indexes, however long the log. An event that committed late, after younger ones were sealed, is
# not seen; the sealer, which sealed those a moment ago, sees it.
_UNSEALED_S = """SELECT greatest(0, extract(epoch FROM clock_timestamp() - e.recorded_at))::float8
    FROM eventstore.event e WHERE e.seq > coalesce((SELECT max(p.seq) FROM eventstore.log_position p), 0)
    ORDER BY e.seq LIMIT 1"""
_LAST = "SELECT next_position - 1 FROM eventstore.seal_state"


@dataclass(frozen=True, slots=True)
class Standing:
    """`followers`: (name, stopped, positions behind the sealed log); `unsealed_s`: the age of what waits."""

    followers: tuple[tuple[str, bool, int], ...] = ()
    unsealed_s: float = 0.0
    jobs: tuple[tuple[str, int], ...] = ()


def now() -> Standing:
    """Raises as the database does."""
    ((last,),) = wire.fetchall(_LAST, [])
    unsealed = wire.fetchall(_UNSEALED_S, [])
    rows = Follower.objects.values_list("name", "status", "position")
    places = {name: (status == Follower.Status.STOPPED, last - position) for name, status, position in rows}
    names = sorted({*projection.registered(), *subscription.registered()})
    followers = tuple((name, *places.get(name, (False, last))) for name in names)
    return Standing(followers, unsealed[0][0] if unsealed else 0.0, tuple(jobs.counts().items()))


class Log(Collector):
    """Gauges, read anew at each scrape; left out, rather than shown as none, where the database cannot be reached."""

    def describe(self) -> Iterator[Metric]:
        """Their names, so that registering asks no database."""
        yield from _of(Standing())

    def collect(self) -> Iterator[Metric]:
        """As they are now."""
        found = scraping.asked(now)
        if found is not None:
            yield from _of(found)


def _of(found: Standing) -> Iterator[Metric]:
    stopped = GaugeMetricFamily("attune_follower_stopped", "1 where it stopped at an event", labels=["name"])
    behind = GaugeMetricFamily("attune_follower_behind", "Sealed events that it has not seen", labels=["name"])
    for name, stands, positions in found.followers:
        stopped.add_metric([name], float(stands))
        behind.add_metric([name], positions)
    waiting = GaugeMetricFamily(
        "attune_jobs", "Jobs that are not done; a dead one waits for a person", labels=["status"]
    )
    for status, count in found.jobs:
        waiting.add_metric([status], count)
    yield from (stopped, behind, waiting)
    yield GaugeMetricFamily("attune_unsealed_seconds", "How long events have waited for the sealer", found.unsealed_s)


@cache
def register() -> None:
    """Once a process."""
    REGISTRY.register(Log())
