"""Reads the public layouts of FER-2013: npz files, fer2013.csv, and the Kaggle folders. Nothing is ever downloaded."""

import csv
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.emotion.data.broken import Broken
from ml.emotion.data.faceset import FaceSet
from ml.emotion.data.ferplus import read_votes, seven_columns
from ml.emotion.data.labelled import NoSuchData
from ml.emotion.data.labelmaps import FER2013, index_of, spelled
from ml.vocabulary import EMOTIONS

__all__ = ["NoSuchData", "load_faces", "read_npz"]

_SIDE: Final = 48
_CSV_USAGE: Final = {"training": "Training", "public_test": "PublicTest"}
_FOLDERS: Final = {"training": ("train", "Training"), "public_test": ("test", "PublicTest")}


def load_faces(folder: Path, part: str) -> FaceSet:
    """Load `part` ("training" or "public_test") from whichever layout `folder` holds.

    Raises:
        NoSuchData: none of <part>.npz, fer2013.csv or <train|test>/<emotion>/ stands there, or it is broken.
    """
    readers: tuple[tuple[Path, Callable[[Path, str], FaceSet]], ...] = (
        (folder / f"{part}.npz", lambda path, _: read_npz(path)),
        (folder / "fer2013.csv", _read_csv),
        *((folder / name, _read_folders) for name in _FOLDERS[part]),
    )
    for path, read in readers:
        if path.exists():
            try:
                return read(path, part)
            except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
                raise NoSuchData(f"{path}: {error}") from error
    raise NoSuchData(f"{folder}: no {part}.npz, fer2013.csv or class folders")


def read_npz(path: Path) -> FaceSet:
    """`images` and `labels`; `ferplus_votes` with `ferplus_names` where given. Unnamed labels are in EMOTIONS order."""
    with np.load(path) as data:
        images, labels = data["images"], data["labels"].astype(np.int64)
        if "class_names" in data:
            labels = np.array([_index(str(name)) for name in data["class_names"]])[labels]
        votes = np.zeros((len(labels), len(EMOTIONS)), np.float32)
        if "ferplus_votes" in data:
            votes = seven_columns(data["ferplus_votes"], [str(name) for name in data["ferplus_names"]])
    return FaceSet(images, labels, votes)


def _read_csv(path: Path, part: str) -> FaceSet:
    """Columns emotion, pixels (2,304 numbers), Usage; FER+'s fer2013new.csv gives the votes where it lies beside."""
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    rows: list[int] = []
    with path.open(newline="", encoding="utf-8") as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            if row["Usage"] == _CSV_USAGE[part]:
                image, label = _face(row, f"{path}, line {number + 2}")
                images.append(image)
                labels.append(label)
                rows.append(number)
    faces = _unvoted(images, labels)
    beside = path.with_name("fer2013new.csv")
    if not beside.exists():
        return faces
    votes = read_votes(beside)
    if len(votes) <= rows[-1]:
        raise NoSuchData(f"{beside}: fewer rows than {path.name}")
    return FaceSet(faces.images, faces.labels, votes[rows])


def _face(row: dict[str, str], place: str) -> tuple[NDArray[np.uint8], int]:
    try:
        image = np.array(row["pixels"].split(), np.uint8).reshape(_SIDE, _SIDE)
        return image, index_of(FER2013[int(row["emotion"])])
    except (KeyError, ValueError, OverflowError) as error:
        raise NoSuchData(f"{place}: no face of FER-2013 ({error})") from error


def _read_folders(path: Path, _: str) -> FaceSet:
    """One folder an emotion, any image format that OpenCV reads. A few broken pictures are left out and said."""
    files = [
        (file, _index(folder.name))
        for folder in sorted(entry for entry in path.iterdir() if entry.is_dir())
        for file in sorted(folder.iterdir())
    ]
    broken = Broken(len(files))
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    for file, label in files:
        image = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
        if image is None:
            broken.add(file)
            continue
        images.append(cv2.resize(image, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.uint8))
        labels.append(label)
    return _unvoted(images, labels)


def _unvoted(images: list[NDArray[np.uint8]], labels: list[int]) -> FaceSet:
    if not images:
        raise NoSuchData("no face in it")
    return FaceSet(np.stack(images), np.array(labels, np.int64), np.zeros((len(labels), len(EMOTIONS)), np.float32))


def _index(name: str) -> int:
    for place, emotion in enumerate(EMOTIONS):
        if emotion == spelled(name):
            return place
    raise NoSuchData(f"{name} is none of the seven emotions")
