"""How the painters stand, for `/metrics`: each images worker says it now and then, and the queue is counted here.

What a worker said is forgotten with it after `FRESH_S`, so that a painter that died is not counted as alive.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from typing import Final

import redis
from django.conf import settings
from django.utils import timezone
from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from apps.imagery import scheduling
from eventstore import scraping

logger = logging.getLogger(__name__)

FRESH_S: Final = 30
_KEYS: Final = "attune:images:vitals:"
_TIMEOUT_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Vitals:
    """One worker's painter. `model` is name@sha256[:8], "" while none runs; `resting` says why it is left alone.

    `starts` and `batches` count since the worker began; `waiting` are orders in its hands.
    """

    worker: str
    model: str
    starts: int
    batches: int
    waiting: int
    resting: str


def report(vitals: Vitals) -> None:
    """Say how a painter stands. Never raises: who can't be told learns nothing, and the painter paints on."""
    try:
        _valkey().set(_KEYS + vitals.worker, json.dumps(asdict(vitals)), ex=FRESH_S)
    except (redis.RedisError, OSError) as error:
        logger.info("vitals were not told: %s", type(error).__name__)


def reported() -> list[Vitals] | None:
    """What every painter said lately, by worker; None where nobody can be asked."""
    try:
        keys = sorted(_valkey().scan_iter(_KEYS + "*"))
        told = _valkey().mget(keys) if keys else []
    except (redis.RedisError, OSError):
        return None
    return [Vitals(**json.loads(one)) for one in told if one is not None]


class Painters(Collector):
    """Gauges and counters, read anew at each scrape; what cannot be read is left out rather than shown as none."""

    def describe(self) -> Iterator[Metric]:
        """Their names, so that registering asks neither Valkey nor the database."""
        yield from (*_of_painters([]), *_of_queue(0, 0.0))

    def collect(self) -> Iterator[Metric]:
        """As they are now."""
        found = reported()
        if found is not None:
            yield from _of_painters(found)
        waits = scraping.asked(lambda: list(scheduling.due().values_list("run_at", flat=True)))
        if waits is None:
            return
        oldest_s = max(0.0, (timezone.now() - waits[0]).total_seconds()) if waits else 0.0
        yield from _of_queue(len(waits), oldest_s)


def _of_painters(found: list[Vitals]) -> Iterator[Metric]:
    up = GaugeMetricFamily("attune_painter_up", "1 where a painter runs", labels=["worker", "model", "resting"])
    starts = CounterMetricFamily("attune_painter_starts", "Painters started by the worker", labels=["worker"])
    batches = CounterMetricFamily("attune_painter_batches", "Batches painted", labels=["worker"])
    waiting = GaugeMetricFamily("attune_painter_waiting", "Orders in the worker's hands", labels=["worker"])
    for one in found:
        up.add_metric([one.worker, one.model, one.resting], float(bool(one.model)))
        starts.add_metric([one.worker], one.starts)
        batches.add_metric([one.worker], one.batches)
        waiting.add_metric([one.worker], one.waiting)
    yield from (up, starts, batches, waiting)


def _of_queue(count: int, oldest_s: float) -> Iterator[Metric]:
    yield GaugeMetricFamily("attune_pictures_due", "Pictures that wait for a worker", count)
    yield GaugeMetricFamily("attune_pictures_due_seconds", "How long the first of them has waited", oldest_s)


@cache
def register() -> None:
    """Once a process."""
    REGISTRY.register(Painters())


@cache
def _valkey() -> "redis.Redis":
    return redis.Redis.from_url(settings.ATTUNE_REDIS_URL, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S)
