"""Writes what a command exports, a line each: to a file that only its owner may read, or to standard output."""

import os
from collections.abc import Iterable
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError


def write(command: BaseCommand, lines: Iterable[str], path: Path | None) -> None:
    """To `path`, or to standard output where it is None. Raises CommandError where that can't be written."""
    if path is None:
        for line in lines:
            command.stdout.write(line)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror or error}") from error
