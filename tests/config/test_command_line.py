"""A command that meets a database, a key or a log that it can't use says so in one line; other faults show where."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError, ProgrammingError

from config import command_line
from eventstore.errors import UnknownEventType
from vault.errors import KeyLost, KeyUnavailable

ROOT = Path(__file__).resolve().parents[2]
AWAY = "the database can't be reached; start the stack (make run)"
NOWHERE = "postgresql://attune@127.0.0.1:9/attune"


def manage(var: Path, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run a command by hand, on a machine where no stack was ever started."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ATTUNE_", "DATABASE_", "KEYS_"))}
    env |= {"DJANGO_SETTINGS_MODULE": "config.settings.local", "ATTUNE_VAR": str(var), **settings}
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("command", ["rebuild", "seed_demo", "replay 3f2504e0-4f89-41d3-9a0c-0305e82c3301", "migrate"])
def test_without_a_stack_it_is_one_line_and_exit_status_1(command: str, tmp_path: Path) -> None:
    done = manage(tmp_path, *command.split())
    assert (done.returncode, done.stderr.splitlines()) == (1, [AWAY])


def test_with_a_database_that_does_not_answer_too(tmp_path: Path) -> None:
    done = manage(tmp_path, "rebuild", DATABASE_URL=NOWHERE, KEYS_DATABASE_URL=NOWHERE)
    assert (done.returncode, done.stderr.splitlines()) == (1, [AWAY])


def test_a_setting_that_is_no_number_is_named_in_one_line(tmp_path: Path) -> None:
    done = manage(tmp_path, "rebuild", ATTUNE_PAINTER_BEST_MS="soon")
    assert (done.returncode, done.stderr.splitlines()) == (1, ["ATTUNE_PAINTER_BEST_MS must be a whole number"])


@pytest.mark.parametrize(("arguments", "settings"), [(["--traceback"], {}), ([], {"ATTUNE_PROCESS": "sealer"})])
def test_who_asks_where_and_what_serves_are_shown_all_of_it(
    arguments: list[str], settings: dict[str, str], tmp_path: Path
) -> None:
    done = manage(tmp_path, "rebuild", *arguments, **settings)
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_a_shell_shows_where_it_broke(tmp_path: Path) -> None:
    done = manage(tmp_path, "shell", "-c", "from django.db import connection; connection.ensure_connection()")
    assert "Traceback" in done.stderr


def refused(cause: Exception) -> OperationalError:
    """As Django raises it: the driver's own stands behind it."""
    failure = OperationalError("a patient's words")
    failure.__cause__ = cause
    return failure


def unreachable_keys() -> KeyUnavailable:
    failure = KeyUnavailable("the key database cannot be reached")
    failure.__cause__ = refused(psycopg.OperationalError())
    return failure


@pytest.mark.parametrize(
    ("failure", "line"),
    [
        (refused(psycopg.OperationalError("connection refused")), AWAY),
        (refused(psycopg.errors.AdminShutdown()), AWAY),
        (refused(psycopg.errors.DiskFull()), "rebuild: DiskFull; --traceback says where"),
        (unreachable_keys(), AWAY),
        (KeyLost("whose"), "rebuild: KeyLost; --traceback says where"),
        (UnknownEventType("what"), "rebuild: UnknownEventType; --traceback says where"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_known_failure_has_its_line_and_no_words_of_its_own(
    failure: Exception, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(failure, monkeypatch)
    assert ended.value.code == line  # which Python prints to standard error and makes exit status 1


@pytest.mark.parametrize("failure", [ProgrammingError("no such table"), ValueError("a fault")])
def test_a_fault_of_ours_is_not_hidden(failure: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(type(failure)):
        run(failure, monkeypatch)


def run(failure: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: list[str]) -> None:
        raise failure

    monkeypatch.setattr(command_line, "execute_from_command_line", fails)
    command_line.run(["manage.py", "rebuild"])
