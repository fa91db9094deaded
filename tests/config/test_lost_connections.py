"""A restart of PostgreSQL costs a process one failure for each database, not one for each connection of a pool."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import OperationalError, close_old_connections, connections, transaction

from config.database_url import pool
from devstack import testbed
from devstack.postgres import Cluster
from vault import keys
from vault.errors import KeyUnavailable

SIZE = 10


@pytest.fixture
def pooled(fresh_db: str) -> Iterator[None]:
    """Both databases with a pool, as in production."""
    aliases = ("default", "keys")
    for alias in aliases:
        connections.settings[alias]["OPTIONS"]["pool"] = pool(SIZE)
    connections.close_all()
    yield
    for alias in aliases:
        connections[alias].close()
        connections[alias].close_pool()  # type: ignore[attr-defined]  # PostgreSQL's wrapper has it
        del connections.settings[alias]["OPTIONS"]["pool"]


def filled(alias: str) -> set[int]:
    """As many threads at once as the pool has connections; the servers' processes that they met."""
    together = Barrier(SIZE)

    def use(_: int) -> int:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            together.wait(timeout=20)
            met = int(cursor.fetchone()[0])
        connections[alias].close()
        return met

    with ThreadPoolExecutor(SIZE) as threads:
        return set(threads.map(use, range(SIZE)))


def restart(alias: str, backends: set[int]) -> None:
    """What the server does to its clients when it restarts."""
    at = connections.settings[alias]
    login: dict[str, Any] = {name: at[name.upper()] for name in ("host", "port", "user", "password")}
    with psycopg.connect(dbname=at["NAME"], autocommit=True, **login) as other:
        for pid in backends:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def failures(use: Callable[[], object]) -> tuple[int, float]:
    """How many of as many uses as the pool has connections failed, and the longest of them in seconds."""
    failed, longest = 0, 0.0
    for _ in range(SIZE):
        began = time.monotonic()
        try:
            use()
        except (OperationalError, KeyUnavailable):
            failed += 1
        finally:
            close_old_connections()
            connections.close_all()
            longest = max(longest, time.monotonic() - began)
    return failed, longest


def read() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")


def write() -> None:
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")


@pytest.mark.parametrize(
    ("alias", "use"),
    [
        ("default", read),
        ("default", write),
        ("keys", lambda: keys.is_erased(uuid4())),
        ("keys", lambda: keys.create(uuid4())),
    ],
    ids=["read", "transaction", "key", "new key"],
)
def test_a_restart_costs_one_failure(pooled: None, alias: str, use: Callable[[], object]) -> None:
    longest = []
    for _try in range(3):  # a pool that pauses does so each time, a busy machine now and then
        backends = filled(alias)
        assert len(backends) == SIZE
        restart(alias, backends)
        failed, took = failures(use)
        assert failed <= 1
        longest.append(took)
    assert min(longest) < 1


def test_a_server_that_is_back_is_used_at_once(pooled: None, cluster: Cluster, fresh_db: str) -> None:
    """The longer it was away, the longer a pool that went on trying would have paused."""
    backends = filled("default")
    with testbed.admin(cluster) as admin:
        admin.execute(f'ALTER DATABASE "{fresh_db}" CONNECTION LIMIT 0')
        admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s::int[]) pid", [list(backends)])
        with pytest.raises(OperationalError):
            read()
        connections["default"].close()
        time.sleep(4)
        admin.execute(f'ALTER DATABASE "{fresh_db}" CONNECTION LIMIT -1')
    failed, longest = failures(read)
    assert failed == 0
    assert longest < 1
    assert len(filled("default")) == SIZE


def test_a_failure_of_a_statement_costs_no_other_connection(pooled: None) -> None:
    backends = filled("default")
    with pytest.raises(OperationalError), transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 20")
        cursor.execute("SELECT pg_sleep(5)")
    connections["default"].close()
    assert filled("default") == backends
