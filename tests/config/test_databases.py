"""The roles' laws, on the real server."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.utils import ProgrammingError


@pytest.mark.django_db
def test_the_app_runs_as_a_role_that_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (settings.ATTUNE_DB_APP_ROLE, False, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE stray (id int)", "CREATE TEMP TABLE stray (id int)", "SET ROLE attune_owner", "CREATE SCHEMA stray"],
)
def test_the_app_cannot_change_the_schema(statement: str) -> None:
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_the_app_reads_and_writes_ordinary_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_session VALUES ('key', 'data', now())")
        cursor.execute("SELECT count(*) FROM django_session")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_what_a_test_writes_is_rolled_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_session")
        assert cursor.fetchone() == (0,)


def test_a_fresh_database_keeps_what_is_committed(fresh_db: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_session VALUES ('key', 'data', now())")
        cursor.execute("SELECT current_database()")
        assert cursor.fetchone() == (fresh_db,)
    connections.close_all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_session")
        assert cursor.fetchone() == (1,)


def test_the_app_cannot_enter_the_key_database(fresh_db: str) -> None:
    there = connections["keys"].settings_dict
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(
            dbname=there["NAME"], host=there["HOST"], port=there["PORT"], user="attune_app", password="test"
        )


@pytest.mark.django_db
def test_the_owner_owns_the_ordinary_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'django_session'")
        assert cursor.fetchone() == ("attune_owner",)
