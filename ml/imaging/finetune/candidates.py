"""What is offered for training: the pictures of a folder or of a list, each with its papers."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_COLUMNS: Final = ("licence", "source", "author", "caption", "group")


class ListUnusable(Exception):
    """The folder or list as a whole can't be used; mend it and build again."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One picture on offer. An empty string says that nobody stated it.

    Attributes:
        name: as reports call it: the path below the folder.
        group: pictures that belong together (one series, one photographer's day) are held out together or not at all.
    """

    path: Path
    name: str
    licence: str
    source: str
    author: str
    caption: str
    group: str


@dataclass(frozen=True, slots=True)
class Papers:
    """What holds for every picture that states nothing itself."""

    licence: str = ""
    source: str = ""
    author: str = ""


def from_folder(folder: Path, papers: Papers) -> Iterator[Candidate]:
    """Every file of the folder and its subfolders, by name; NAME.txt holds NAME.png's caption, a subfolder is a group.

    Raises:
        ListUnusable: no such folder.
    """
    if not folder.is_dir():
        raise ListUnusable(f"{folder} is no folder")
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    captions = {path.with_suffix("") for path in files if path.suffix == ".txt"}
    pictures = [path for path in files if path.suffix != ".txt"]
    spoken_for = {path.with_suffix("") for path in pictures}
    for path in pictures:
        inside = path.relative_to(folder)
        caption = _words(path.with_suffix(".txt")) if path.with_suffix("") in captions else ""
        group = _group(path, folder)
        yield Candidate(path, inside.as_posix(), papers.licence, papers.source, papers.author, caption, group)
    for path in sorted(captions - spoken_for):
        name = path.with_suffix(".txt").relative_to(folder).as_posix()
        yield Candidate(path.with_suffix(".txt"), name, papers.licence, papers.source, papers.author, "-", name)


def from_list(path: Path, folder: Path, papers: Papers) -> Iterator[Candidate]:
    """The rows of a CSV file: `file` (below the folder), and licence, source, author, caption, group where stated.

    Raises:
        ListUnusable: no such list, not UTF-8, or no column `file`.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            rows = csv.DictReader(lines)
            if "file" not in (rows.fieldnames or ()):
                raise ListUnusable(f"{path} has no column named file")
            for row in rows:
                yield _listed(row, rows.line_num, folder, papers)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ListUnusable(f"{path}: {error}") from error


def _listed(row: dict[str, str | None], line: int, folder: Path, papers: Papers) -> Candidate:
    name = (row["file"] or "").strip() or f"line {line}, which names no file"
    said = {column: (row.get(column) or "").strip() for column in _COLUMNS}
    return Candidate(
        folder / name, name, said["licence"] or papers.licence, said["source"] or papers.source,
        said["author"] or papers.author, said["caption"], said["group"] or _group(folder / name, folder),
    )  # fmt: skip


def _group(path: Path, folder: Path) -> str:
    """Where nobody states one: the subfolder that the picture lies in, however it is written, or the picture alone."""
    there, home = path.resolve(), folder.resolve()
    inside = there.relative_to(home) if there.is_relative_to(home) else Path(path.name)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def _words(path: Path) -> str:
    """A caption file's text in one line; unreadable bytes count as no caption, and so the picture is refused."""
    try:
        return " ".join(path.read_text("utf-8").split())
    except (OSError, UnicodeDecodeError):
        return ""
