"""RAF-DB's basic emotions (Li, Deng & Du, 2017): a list of names and numbers beside a folder of aligned faces."""

from pathlib import Path
from typing import Final

import numpy as np

from ml.emotion.data.broken import Broken
from ml.emotion.data.filefaces import FileFaces
from ml.emotion.data.labelled import NoSuchData
from ml.emotion.data.labelmaps import RAF_DB, index_of

_LIST: Final = Path("EmoLabel", "list_patition_label.txt")  # spelled so in the release
_PARTS: Final = {"training": "train", "public_test": "test"}


def find_raf_db(folder: Path, part: str, shape: tuple[int, int]) -> FileFaces | None:
    """The faces of `part`, at `shape` (channels, side), where the folder or its "basic" holds the list; else None.

    Raises:
        NoSuchData: the list is there and broken; names the line.
    """
    for root in (folder, folder / "basic"):
        if (root / _LIST).is_file():
            return _faces(root, _PARTS[part], shape)
    return None


def _faces(root: Path, part: str, shape: tuple[int, int]) -> FileFaces:
    names: list[str] = []
    labels: list[int] = []
    for number, line in enumerate((root / _LIST).read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith(part):
            try:
                name, emotion = line.split()
                labels.append(index_of(RAF_DB[int(emotion)]))
            except (KeyError, ValueError) as error:
                raise NoSuchData(f"{root / _LIST}, line {number}: no name and number from 1 to 7") from error
            names.append(f"{Path(name).stem}_aligned.jpg")
    if not names:
        raise NoSuchData(f"{root / _LIST}: no face of its {part} part")
    boxes = np.zeros((len(names), 4), np.int32)
    aligned = root / "Image" / "aligned"
    return FileFaces(aligned, np.array(names, object), np.array(labels), boxes, shape, Broken(len(names)))
