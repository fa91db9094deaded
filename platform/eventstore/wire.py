"""The log's own queries on Django's connection: bound and prepared by the server, values in binary.

Django's cursors quote values into the text of each query, which costs more than sealing an event does.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import TupleRow

FETCH = 2_000


def fetchall(query: str, parameters: Sequence[Any]) -> list[TupleRow]:
    """All rows; bytea as bytes.

    Raises:
        django.db.Error and its kinds, as Django's own cursors do.
    """
    with connection.wrap_database_errors, psycopg.Cursor(_raw()) as cursor:
        return cursor.execute(query, parameters, prepare=True, binary=True).fetchall()


def stream(query: str) -> Iterator[TupleRow]:
    """Rows of a long query by a server-side cursor, inside the caller's transaction. Raises as `fetchall`."""
    with connection.wrap_database_errors, psycopg.ServerCursor(_raw(), "eventstore_stream") as cursor:
        cursor.itersize = FETCH
        cursor.execute(query, binary=True)
        yield from cursor


def _raw() -> "psycopg.Connection[TupleRow]":
    connection.ensure_connection()
    raw: psycopg.Connection[TupleRow] = connection.connection
    return raw
