"""A file that is exported is its owner's alone, whatever lay there before, and takes its place once it is whole."""

import os
from collections.abc import Iterator
from errno import ENOSPC
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.core.management.base import BaseCommand

from apps.imagery.exporting import write


def test_a_file_that_others_could_read_is_theirs_no_more_once_it_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("old")
    path.chmod(0o644)
    with path.open() as open_before:
        write(BaseCommand(), ["{}", "[]"], path)
        assert open_before.read() == "old", "who has it open does not read on"
    assert path.stat().st_mode & 0o077 == 0
    assert path.read_text() == "{}\n[]\n"
    assert list(tmp_path.iterdir()) == [path]


def test_an_export_that_breaks_off_leaves_the_last_one(tmp_path: Path) -> None:
    def breaks_off() -> Iterator[str]:
        yield "{}"
        raise OSError(ENOSPC, "No space left on device")

    path = tmp_path / "out.jsonl"
    path.write_text("old")
    with pytest.raises(CommandError, match="No space left"):
        write(BaseCommand(), breaks_off(), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_written_through_a_link_or_in_the_place_of_what_is_no_file(tmp_path: Path) -> None:
    target, link, pipe, folder = (tmp_path / name for name in ("target", "link", "pipe", "folder"))
    target.write_text("theirs")
    link.symlink_to(target)
    os.mkfifo(pipe)
    folder.mkdir()
    for path in (link, pipe, folder):
        with pytest.raises(CommandError, match=f"{path}: not a plain file"):
            write(BaseCommand(), ["{}"], path)
    assert (target.read_text(), link.is_symlink(), pipe.is_fifo(), folder.is_dir()) == ("theirs", True, True, True)
    assert {path.name for path in tmp_path.iterdir()} == {"target", "link", "pipe", "folder"}
