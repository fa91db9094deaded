"""Fixtures for all tests: real PostgreSQL and Valkey of the session's own.

- `db` / `@pytest.mark.django_db`: the app's role, in a transaction on `default` and `keys` that is rolled back.
- `fresh_db` / `django_db(transaction=True)`: databases of the test's own, copied from the migrated templates, so that
  commits, threads, other processes and the append-only triggers behave as in production.
- `chance` (always): a test draws the same ids each time; ATTUNE_TEST_SEED=2 draws others.
- `seal_now()`: seals, projects and runs subscriptions to the end. `valkey`: an emptied Valkey.
"""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from random import Random
from types import ModuleType

import hypothesis
import pytest
import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from playwright.sync_api import expect
from pytest_django.plugin import DjangoDbBlocker

from devstack import binaries, testbed
from devstack.live import LiveStack, live_stack
from devstack.postgres import Cluster
from devstack.postgres import stop as stop_server
from devstack.valkey import Valkey

ROOT = Path(__file__).resolve().parents[1]
_NUMBER = count(1)

# No test claims how fast an example or a page is; a busy machine may pause in any of them.
hypothesis.settings.register_profile("attune", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("attune")
expect.set_options(timeout=30_000)


@pytest.fixture(autouse=True)
def chance(request: pytest.FixtureRequest) -> Iterator[None]:
    """Ids, and the seeds that decisions draw from them, are the test's own: what passes here passes everywhere."""
    drawn = ModuleType("os")
    drawn.__dict__.update(os.__dict__)
    luck = Random(f"{os.environ.get('ATTUNE_TEST_SEED', '1')}/{request.node.nodeid}")
    drawn.__dict__["urandom"] = luck.randbytes
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(uuid, "os", drawn)
        yield


@contextmanager
def databases_named(main: str, keys: str) -> Iterator[None]:
    """Point the aliases of all threads at other databases: every connection shares its alias' settings."""
    names = {"default": main, "owner": main, "keys": keys}
    before = {alias: connections.settings[alias]["NAME"] for alias in names}
    for alias, name in names.items():
        connections.settings[alias]["NAME"] = name
    connections.close_all()
    try:
        yield
    finally:
        connections.close_all()
        for alias, name in before.items():
            connections.settings[alias]["NAME"] = name


def migrate_templates(_owner_url: str, _keys_url: str) -> None:
    with databases_named(*testbed.TEMPLATES.values()):
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        call_command("migrate", database="keys", verbosity=0, interactive=False)


@pytest.fixture(scope="session")
def cluster(django_db_blocker: DjangoDbBlocker) -> Iterator[Cluster]:
    bed = testbed.TestBed(ROOT, settings.TEST_FOLDER, settings.ATTUNE_DB_APP_ROLE)
    with django_db_blocker.unblock(), bed.running(migrate_templates) as running:
        yield running
        connections.close_all()


@pytest.fixture(scope="session")
def django_db_setup(cluster: Cluster) -> Iterator[None]:
    """Replaces pytest-django's: the owner has migrated, the app's role runs."""
    with testbed.admin(cluster) as admin:
        for name, template in testbed.TEMPLATES.items():
            testbed.copy_database(admin, template, name)
    yield


@pytest.fixture
def _django_db_helper(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Replaces pytest-django's, whose flush between tests is a TRUNCATE, which the event tables refuse."""
    forget_other_databases()
    marker = request.node.get_closest_marker("django_db")
    commits = bool(marker and marker.kwargs.get("transaction")) or "fresh_db" in request.fixturenames
    if commits or "transactional_db" in request.fixturenames:
        request.getfixturevalue("fresh_db")
        yield
        return
    request.getfixturevalue("django_db_setup")
    with django_db_blocker.unblock(), rolled_back("default", "keys"):
        yield


def forget_other_databases() -> None:
    """Keys and subjects that this process remembers are those of another test's databases by now."""
    from eventstore import streams
    from vault import cache

    cache.clear()
    streams._subjects.clear()


@contextmanager
def rolled_back(*aliases: str) -> Iterator[None]:
    with ExitStack() as open_transactions:
        for alias in aliases:
            atomic = transaction.atomic(using=alias)
            # As Django's own TestCase marks it: so `durable=True` and on_commit behave inside a test's transaction.
            atomic._from_testcase = True  # type: ignore[attr-defined]
            open_transactions.enter_context(atomic)
        yield
        for alias in aliases:
            transaction.set_rollback(True, using=alias)


@pytest.fixture
def fresh_db(cluster: Cluster, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Databases of this test's own. Gives the main one's name."""
    forget_other_databases()
    number = next(_NUMBER)
    names = {template: f"{name}_{number}" for name, template in testbed.TEMPLATES.items()}
    with testbed.admin(cluster) as admin, django_db_blocker.unblock():
        for template, name in names.items():
            testbed.copy_database(admin, template, name)
        main, keys = names.values()
        forget_other_databases()
        with databases_named(main, keys):
            yield main
        for name in names.values():
            testbed.drop_database(admin, name)


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[Valkey]:
    port = int(settings.ATTUNE_REDIS_URL.rpartition(":")[2].partition("/")[0])
    folder = Path(settings.TEST_FOLDER).with_suffix(".valkey")
    server = Valkey(binaries.valkey_server(), folder, port, "test")
    child = server.start(_log(folder))
    yield server
    stop_server(child)
    shutil.rmtree(folder, ignore_errors=True)


def _log(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "valkey.log"


@pytest.fixture
def valkey(valkey_server: Valkey) -> Iterator["redis.Redis"]:
    """A client of an emptied Valkey; settings, channel layer and Celery point at the same server."""
    with redis.Redis.from_url(valkey_server.url) as client:
        client.flushall()
        yield client


@pytest.fixture
def seal_now() -> Callable[[], None]:
    """Seal, project and run subscriptions until nothing is left to do, in this thread."""
    from eventstore.sealer import run_once

    return lambda: _until_idle(run_once)


def _until_idle(run_once: Callable[[], object]) -> None:
    for _ in range(1000):
        if not run_once():
            return
    raise AssertionError("the sealer never came to rest")


@pytest.fixture(scope="session")
def stack() -> Iterator[LiveStack]:
    """The whole stack with its workers, in a folder and on ports of its own; what a test may do: devstack.live."""
    with live_stack() as running:
        yield running
