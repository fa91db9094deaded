"""The way to the key database: which connection, and what its absence means to a caller."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, connections

from vault.errors import KeyUnavailable

ALIAS = "keys"


@contextmanager
def reached() -> Iterator[None]:
    """Turn a lost or refused connection into KeyUnavailable, and drop it so that the next call connects anew."""
    connection = connections[ALIAS]
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        if not connection.in_atomic_block:
            connection.close()
        raise KeyUnavailable("the key database cannot be reached") from error
