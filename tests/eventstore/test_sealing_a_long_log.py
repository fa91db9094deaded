"""Sealing costs what is fresh, not what was ever sealed: counted in rows that the database read, not in time."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction

from devstack import testbed
from devstack.postgres import Cluster
from eventstore import sealer, store
from eventstore.actor import Actor
from eventstore.event import event
from eventstore.stream import StreamName

WRITERS, LONG, FRESH = 200, 20_000, 5
_WRITTEN = """INSERT INTO eventstore.event (stream_id, version, event_id, command_id, type, key_id, actor_id,
        actor_role, recorded_at, blobs, ciphertext, ct_digest, hash)
    SELECT gen_random_uuid(), 1, gen_random_uuid(), gen_random_uuid(), 'long.written.v1', gen_random_uuid(),
        gen_random_uuid(), 'system', now(), '', '', sha256(''), sha256('') FROM generate_series(1, %s)"""
_READ = """SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_all_tables
    WHERE schemaname = 'eventstore' AND relname IN ('event', 'log_position')"""


@event("long.fresh.v1")
class Fresh:
    pass


@pytest.fixture
def owner(cluster: Cluster, fresh_db: str) -> Iterator[psycopg.Connection]:
    with testbed.admin(cluster, fresh_db) as connected:
        yield connected


def read_so_far() -> int:
    """How many rows of the log this connection read and did not report yet, which happens between transactions."""
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        return int(cursor.fetchone()[0])


def test_sealing_reads_what_is_fresh_and_not_the_log(
    owner: psycopg.Connection, stream: StreamName, subject: UUID
) -> None:
    for _ in range(WRITERS):  # in a transaction each, so that the planner takes some of them for fresh
        owner.execute(_WRITTEN, [LONG // WRITERS])
    assert sealer.seal(LONG + 1) == (LONG, LONG)
    owner.execute("ANALYZE")  # as PostgreSQL does by itself; a planner that knows nothing takes each table for small
    for _ in range(7):  # from the sixth on a prepared statement may have a plan that suits no value
        store.append(
            stream, [Fresh()] * FRESH, expected=None, actor=Actor.system("test"), command_id=uuid4(), subject=subject
        )
        with transaction.atomic():
            before = read_so_far()
            assert sealer.seal()[0] == FRESH
            assert read_so_far() - before < LONG / 20
