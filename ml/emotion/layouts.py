"""Reads the public layouts of FER-2013: npz files, fer2013.csv, and the Kaggle folders. Nothing is ever downloaded."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.emotion.faceset import FaceSet
from ml.vocabulary import EMOTIONS

_SIDE: Final = 48
_SYNONYMS: Final = {"angry": "anger", "happy": "happiness", "sad": "sadness", "surprised": "surprise"}
_CSV_USAGE: Final = {"training": "Training", "public_test": "PublicTest"}
_FOLDERS: Final = {"training": ("train", "Training"), "public_test": ("test", "PublicTest")}


class NoSuchData(Exception):
    """The folder holds none of the layouts that training reads."""


def load_faces(folder: Path, part: str) -> FaceSet:
    """Load `part` ("training" or "public_test") from whichever layout `folder` holds.

    Raises:
        NoSuchData: none of <part>.npz, fer2013.csv or <train|test>/<emotion>/ stands there.
    """
    readers: tuple[tuple[Path, Callable[[Path, str], FaceSet]], ...] = (
        (folder / f"{part}.npz", lambda path, _: read_npz(path)),
        (folder / "fer2013.csv", _read_csv),
        *((folder / name, _read_folders) for name in _FOLDERS[part]),
    )
    for path, read in readers:
        if path.exists():
            return read(path, part)
    raise NoSuchData(f"{folder}: no {part}.npz, fer2013.csv or class folders")


def read_npz(path: Path) -> FaceSet:
    """`images` and `labels`; `ferplus_votes` with `ferplus_names` where given. Unnamed labels are in EMOTIONS order."""
    with np.load(path) as data:
        images, labels = data["images"], data["labels"].astype(np.int64)
        if "class_names" in data:
            labels = np.array([_index(str(name)) for name in data["class_names"]])[labels]
        votes = np.zeros((len(labels), len(EMOTIONS)), np.float32)
        if "ferplus_votes" in data:
            votes = _seven_columns(data["ferplus_votes"], [str(name) for name in data["ferplus_names"]])
    return FaceSet(images, labels, votes)


def _seven_columns(votes: NDArray[np.integer], names: list[str]) -> NDArray[np.float32]:
    """FER+'s ten columns in our order; contempt, unknown and not-a-face are dropped, single votes count as noise."""
    heard = np.where(votes > 1, votes, 0)
    columns = {_SYNONYMS.get(name.lower(), name.lower()): heard[:, place] for place, name in enumerate(names)}
    return np.stack([columns[emotion] for emotion in EMOTIONS], axis=1).astype(np.float32)


def _read_csv(path: Path, part: str) -> FaceSet:
    """Columns emotion (0 anger … 6 neutral, our order), pixels (2,304 numbers), Usage."""
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    with path.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["Usage"] == _CSV_USAGE[part]:
                images.append(np.array(row["pixels"].split(), np.uint8).reshape(_SIDE, _SIDE))
                labels.append(int(row["emotion"]))
    return _unvoted(images, labels)


def _read_folders(path: Path, _: str) -> FaceSet:
    """One folder an emotion, any image format that OpenCV reads."""
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    for folder in sorted(entry for entry in path.iterdir() if entry.is_dir()):
        for file in sorted(folder.iterdir()):
            image = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
            if image is None:
                raise NoSuchData(f"{file} is no image")
            images.append(cv2.resize(image, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.uint8))
            labels.append(_index(folder.name))
    return _unvoted(images, labels)


def _unvoted(images: list[NDArray[np.uint8]], labels: list[int]) -> FaceSet:
    if not images:
        raise NoSuchData("no face in it")
    return FaceSet(np.stack(images), np.array(labels, np.int64), np.zeros((len(labels), len(EMOTIONS)), np.float32))


def _index(name: str) -> int:
    lowered = name.lower()
    spelled = _SYNONYMS.get(lowered, lowered)
    if spelled not in EMOTIONS:
        raise NoSuchData(f"{name} is none of the seven emotions")
    return EMOTIONS.index(spelled)
