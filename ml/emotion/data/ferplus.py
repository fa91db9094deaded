"""FER+'s votes: ten annotators' words for each face of FER-2013 (Barsoum et al., 2016)."""

import csv
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.emotion.data.labelled import NoSuchData
from ml.emotion.data.labelmaps import spelled
from ml.vocabulary import EMOTIONS

_COLUMNS: Final = (
    *("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear"),
    *("contempt", "unknown", "NF"),
)


def seven_columns(votes: NDArray[np.integer], names: list[str]) -> NDArray[np.float32]:
    """FER+'s ten columns in our order; contempt, unknown and not-a-face are dropped, single votes count as noise."""
    heard = np.where(votes > 1, votes, 0)
    columns = {spelled(name): heard[:, place] for place, name in enumerate(names)}
    return np.stack([columns[emotion] for emotion in EMOTIONS], axis=1).astype(np.float32)


def read_votes(path: Path) -> NDArray[np.float32]:
    """(N, 7) votes of fer2013new.csv: its rows are those of fer2013.csv, in that order.

    Its image names are not row numbers of anything; joining by them gives labels at chance.

    Raises:
        NoSuchData: a column is missing, or a vote is no number; names the line.
    """
    rows: list[list[int]] = []
    with path.open(newline="", encoding="utf-8-sig") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            try:
                rows.append([int(row[column]) for column in _COLUMNS])
            except (KeyError, TypeError, ValueError) as error:
                raise NoSuchData(f"{path}, line {number}: not FER+'s columns ({error})") from error
    return seven_columns(np.array(rows, np.int64).reshape(-1, len(_COLUMNS)), list(_COLUMNS))
