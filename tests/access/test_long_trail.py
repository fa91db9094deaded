"""A day of the trail costs that day, however long the trail: counted in rows that the database read, not in time."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from access.selectors import TrailFilter, accesses

pytestmark = pytest.mark.usefixtures("fresh_db")
DAYS, A_DAY, A_PAGE = 8, 6_000, 51
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
_SEEN = """INSERT INTO access_seen
        (event_id, line, at, actor_id, actor_role, patient_id, "right", purpose, permitted, route, request_id)
    SELECT gen_random_uuid(), 0, %s + make_interval(secs => one * 86400.0 / %s), %s, 'provider', gen_random_uuid(),
        'view_chart', 'treatment', true, 'providers:chart', gen_random_uuid() FROM generate_series(0, %s) AS one"""
_READ = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_all_tables WHERE relname = 'access_seen'"
ACTOR = uuid4()


@pytest.fixture
def long_trail(fresh_db: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [FIRST, A_DAY, ACTOR, DAYS * A_DAY - 1])
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE access_seen")  # as PostgreSQL does by itself


def read_so_far() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        return int(cursor.fetchone()[0])


def test_a_day_is_found_without_what_came_after_it(long_trail: None) -> None:
    for wanted in (TrailFilter(day=FIRST.date()), TrailFilter(actor_id=ACTOR, day=FIRST.date())):
        with transaction.atomic():
            before = read_so_far()
            rows = list(accesses(wanted)[:A_PAGE])
            assert read_so_far() - before < 2 * A_DAY
        assert {row.at.date() for row in rows} == {wanted.day}
        assert [row.id for row in rows] == sorted((row.id for row in rows), reverse=True)
        assert rows[0].at == max(row.at for row in accesses(wanted))
