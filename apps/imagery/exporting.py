"""Writes what a command exports, a line each: to a file that only its owner may read, or to standard output."""

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import mkstemp

from django.core.management.base import BaseCommand, CommandError


def write(command: BaseCommand, lines: Iterable[str], path: Path | None) -> None:
    """To `path`, or to standard output where it is None. Raises CommandError where that can't be written."""
    if path is None:
        for line in lines:
            command.stdout.write(line)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise CommandError(f"{path}: not a plain file")
        _put(path, lines)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror or error}") from error


def _put(path: Path, lines: Iterable[str]) -> None:
    """A new file, which takes the place of an old one once whole: written over, that one would keep its readers."""
    descriptor, made = mkstemp(prefix=f".{path.name}.", dir=path.parent)  # 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        Path(made).replace(path)
    except BaseException:
        Path(made).unlink()
        raise
