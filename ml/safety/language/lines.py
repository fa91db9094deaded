"""The labelled lines that the project writes, each with its theme, so that whole themes can be held out."""

import csv
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ml.safety.language.labels import LABELS

FOLDER: Final = Path(__file__).parent / "lines"
KINDS: Final = ("prompt", "note", "output", "hostile")
"""Image prompts, patients' notes, a language model's output, and texts that mean to get past the layers."""
NONE: Final = "none"
SCENES: Final = "scenes"
"""The theme of the template library's own scenes."""
SHARED_WORDS: Final = 5
MOST_SHARED: Final = 1
"""No run of so many words may stand in more lines than that, or the lines would share a frame."""


class LinesBroken(ValueError):
    """A file of lines does not follow the format. Names the file; retrying won't help."""


@dataclass(frozen=True, slots=True)
class Line:
    """One text and what a person says it is about; `labels` is empty for a harmless one."""

    text: str
    labels: frozenset[str]
    kind: str
    theme: str


@cache
def ours() -> tuple[Line, ...]:
    """Every line that is used for fitting, by source and in the files' order."""
    return tuple(line for lines in sources().values() for line in lines)


@cache
def sources() -> dict[str, tuple[Line, ...]]:
    """The same lines by the hand that wrote them: the themes' files together, and each table."""
    themes = tuple(line for path in sorted(FOLDER.glob("*.toml")) for line in read(path))
    return {"themes": themes, **{path.stem: read(path) for path in sorted(FOLDER.glob("*.csv"))}}


def read(path: Path) -> tuple[Line, ...]:
    """The lines of a `.toml` file (kind → labels → texts), or of a `.csv` file with theme, kind, labels and text.

    Several labels of one text are joined by "+"; a harmless text has the label "none".

    Raises:
        LinesBroken: an unknown kind or label, an empty text, or a text that stands there twice.
    """
    found = tuple(_of_table(path) if path.suffix == ".csv" else _of_theme(path))
    if len({line.text for line in found}) != len(found) or not all(line.text.strip() for line in found):
        raise LinesBroken(f"{path.name}: a text is empty or stands there twice")
    return found


def shared_runs(lines: Sequence[Line]) -> dict[str, int]:
    """Runs of `SHARED_WORDS` words, in lower case and without signs, that stand in more than `MOST_SHARED` lines."""
    counts: dict[str, int] = {}
    for line in lines:
        for run in _runs(line.text):
            counts[run] = counts.get(run, 0) + 1
    return {run: count for run, count in counts.items() if count > MOST_SHARED}


def _runs(text: str) -> set[str]:
    words = ["".join(filter(str.isalnum, word)) for word in text.casefold().split()]
    words = [word for word in words if word]
    return {" ".join(words[start : start + SHARED_WORDS]) for start in range(len(words) - SHARED_WORDS + 1)}


def _of_theme(path: Path) -> Iterator[Line]:
    kinds: dict[str, dict[str, list[str]]] = tomllib.loads(path.read_text("utf-8"))
    for kind, groups in kinds.items():
        for labels, texts in groups.items():
            yield from (_line(path, text, labels, kind, path.stem) for text in texts)


def _of_table(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            try:
                yield _line(path, row["text"], row["labels"] or NONE, row["kind"], row["theme"])
            except KeyError as missing:
                raise LinesBroken(f"{path.name}: no column {missing}") from missing


def _line(path: Path, text: str, labels: str, kind: str, theme: str) -> Line:
    named = frozenset(labels.split("+")) - {NONE}
    if kind not in KINDS or not named <= set(LABELS) or (not named and labels != NONE):
        raise LinesBroken(f"{path.name}: kind {kind!r}, labels {labels!r}")
    return Line(text, named, kind, theme)
