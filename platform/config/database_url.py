"""`postgresql://user:password@host:port/name?option=value` as Django's DATABASES entry.

A socket folder goes where the host goes, percent-encoded (`%2Ftmp%2Fpg`), or into `?host=`, as libpq has it.
"""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from config.environment import EnvironmentWrong

_SCHEMES = frozenset({"postgres", "postgresql"})


def entry(url: str, *, pool: dict[str, Any] | None = None) -> dict[str, Any]:
    """One DATABASES entry. An empty url gives one that connects nowhere, so that commands without a database work."""
    parts = urlsplit(url)
    if url and parts.scheme not in _SCHEMES:
        raise EnvironmentWrong("a database URL must begin with postgresql://")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    if pool:
        options["pool"] = pool
    return {
        "ENGINE": "config.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "attune",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host or "/nonexistent",
        "PORT": str(parts.port or ""),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
    }


def pool(size: int) -> dict[str, Any]:
    """The options of a pool of at most `size` connections.

    `timeout`: how long (s) a connection is waited for. `reconnect_timeout`: how long (s) the pool tries for one that it
    lost, at growing intervals of up to minutes if it were let; once it gave up, the next use tries at once.
    """
    return {"min_size": 1, "max_size": size, "timeout": 5, "reconnect_timeout": 2}
