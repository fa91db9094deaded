"""AffectNet's two layouts (Mollahosseini, Hasani & Mahoor, 2017): lists with face boxes, and later cropped faces."""

import csv
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np

from ml.emotion.data.broken import Broken
from ml.emotion.data.filefaces import FileFaces
from ml.emotion.data.labelled import NoSuchData
from ml.emotion.data.labelmaps import AFFECTNET, index_of

_LISTS: Final = {"training": "training.csv", "public_test": "validation.csv"}
_SETS: Final = {"training": "train_set", "public_test": "val_set"}
_COLUMNS: Final = (
    *("subDirectory_filePath", "face_x", "face_y", "face_width", "face_height"),
    *("facial_landmarks", "expression", "valence", "arousal"),
)
_LIST_FOLDERS: Final = (".", "Manually_Annotated_file_lists")
_IMAGE_FOLDERS: Final = ("Manually_Annotated_Images", "Manually_Annotated_compressed", ".")

_Row = tuple[str, int, tuple[int, int, int, int]]
"""A file's name, AffectNet's number of its emotion, and the face's box; width 0 is the whole picture."""


def find_affectnet(folder: Path, part: str, shape: tuple[int, int]) -> FileFaces | None:
    """The faces of `part`, at `shape` (channels, side), where the folder is one of the layouts; else None.

    AffectNet's test labels are not public: its validation set is our "public_test".

    Raises:
        NoSuchData: the layout is there and broken; names the file.
    """
    cropped = folder / _SETS[part]
    if (cropped / "annotations").is_dir():
        return _faces(cropped / "images", _annotated(cropped), shape)
    for name in _LIST_FOLDERS:
        listed = folder / name / _LISTS[part]
        if listed.is_file():
            images = next(folder / name for name in _IMAGE_FOLDERS if (folder / name).is_dir())
            return _faces(images, _listed(listed), shape)
    return None


def _annotated(cropped: Path) -> Iterator[_Row]:
    """images/N.jpg belongs to annotations/N_exp.npy, a number written as text."""
    for file in sorted((cropped / "annotations").glob("*_exp.npy")):
        try:
            number = int(np.load(file).item())
        except (OSError, ValueError, EOFError) as error:
            raise NoSuchData(f"{file}: no emotion's number ({error})") from error
        yield f"{file.name.removesuffix('_exp.npy')}.jpg", number, (0, 0, 0, 0)


def _listed(path: Path) -> Iterator[_Row]:
    """Rows of the 2017 lists; some releases lack the heading, so the published order of columns stands in."""
    with path.open(newline="", encoding="utf-8") as lines:
        rows = csv.reader(lines)
        first = next(rows, list(_COLUMNS))
        heading = tuple(first) if _COLUMNS[0] in first else _COLUMNS
        body = rows if _COLUMNS[0] in first else chain([first], rows)
        for row in body:
            fields = dict(zip(heading, row, strict=False))
            try:
                number = int(fields["expression"])
                if number in AFFECTNET:  # the others' boxes may be the word NULL
                    left, top, width, height = (int(float(fields[column])) for column in _COLUMNS[1:5])
                    yield fields[_COLUMNS[0]], number, (left, top, width, height)
            except (KeyError, ValueError) as error:
                raise NoSuchData(f"{path}, line {rows.line_num}: not AffectNet's columns ({error})") from error


def _faces(root: Path, rows: Iterator[_Row], shape: tuple[int, int]) -> FileFaces:
    known = [row for row in rows if row[1] in AFFECTNET]
    if not known:
        raise NoSuchData(f"{root}: none of the seven emotions among its labels")
    names, numbers, boxes = zip(*known, strict=True)
    labels = np.array([index_of(AFFECTNET[number]) for number in numbers], np.int64)
    return FileFaces(root, np.array(names, object), labels, np.array(boxes, np.int32), shape, Broken(len(known)))
