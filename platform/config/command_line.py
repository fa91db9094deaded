"""Management commands by hand: what they can't use is told in one line, since who reads it wants to mend it."""

import sys
from collections.abc import Sequence
from typing import Final

import psycopg
from django.core.management import execute_from_command_line
from django.db import InterfaceError, OperationalError

from config.environment import EnvironmentWrong
from eventstore.errors import StoreError
from vault.errors import VaultError

_SHOWS_WHERE: Final = frozenset({"runserver", "testserver", "test", "shell", "sealer"})
"""Those that serve, or that are there to show where something breaks."""
_AWAY: Final = "the database can't be reached; start the stack (make run)"
_CONNECTION: Final = ("08", "57P", "53300")
"""What SQLSTATEs of a connection begin with: lost, shut down or starting, too many of them."""


def run(argv: Sequence[str]) -> None:
    """Run a command. Where a setting, the database, a key or the log refuses, one line on standard error and status 1.

    With `--traceback`, as for Django's own errors, it is shown where. The line names the failure by its type: its words
    could be a patient's. Any other failure is a fault of ours and goes through, a table that is missing too.
    """
    name = argv[1] if len(argv) > 1 else ""
    if name in _SHOWS_WHERE or "--traceback" in argv:
        execute_from_command_line(list(argv))
        return
    try:
        execute_from_command_line(list(argv))
    except EnvironmentWrong as wrong:  # names the setting, never its value
        sys.exit(str(wrong))
    except (OperationalError, InterfaceError, VaultError, StoreError) as failure:
        sys.exit(_line(name, failure))


def _line(name: str, failure: BaseException) -> str:
    """KeyUnavailable stands before the database's own failure, and that before the driver's."""
    while isinstance(failure.__cause__, OperationalError | InterfaceError | psycopg.Error):
        failure = failure.__cause__
    state = failure.sqlstate if isinstance(failure, psycopg.Error) else None
    unnamed = isinstance(failure, OperationalError | InterfaceError | psycopg.Error) and state is None
    if unnamed or (state or "").startswith(_CONNECTION):
        return _AWAY
    return f"{name}: {type(failure).__name__}; --traceback says where"
