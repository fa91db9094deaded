"""Subscriptions: events in, jobs out. A handler runs in the checkpoint's transaction and acts only by enqueueing jobs.

At least once, in the log's order: a job's (kind, key) makes repeating harmless.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from eventstore.recorded import Recorded

Handler = Callable[[Any, Recorded], None]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A name, which holds its place in the log, and a handler for each event class."""

    name: str
    routes: dict[type, Handler]


_registered: dict[str, Subscription] = {}


def register_subscription(name: str, routes: Mapping[type, Handler]) -> None:
    """Called in AppConfig.ready(). A new subscription starts at the log's beginning.

    Raises:
        ValueError: another subscription has that name.
    """
    new = Subscription(name, dict(routes))
    if _registered.setdefault(name, new).routes != new.routes:
        raise ValueError(f"two subscriptions are called {name}")


def registered() -> dict[str, Subscription]:
    return dict(_registered)
