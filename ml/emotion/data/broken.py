"""Pictures that cannot be read: each is said once and left out, and too many of them end the run."""

import logging
from pathlib import Path
from typing import Final

from ml.emotion.data.labelled import NoSuchData

_LOG = logging.getLogger("ml.emotion.train")
_FEW: Final = 10
_MOST: Final = 0.01
"""A file or a hundredth of them may be broken: hours of training go on. More look like a disk that went away."""


class Broken:
    """Counts the unreadable ones of `of` pictures."""

    def __init__(self, of: int) -> None:
        self._most = max(_FEW, int(_MOST * of))
        self._seen: set[Path] = set()

    def __len__(self) -> int:
        return len(self._seen)

    def add(self, path: Path) -> None:
        """Raises NoSuchData when there are more than ten and more than a hundredth; naming the last."""
        if path in self._seen:
            return
        self._seen.add(path)
        _LOG.warning("%s cannot be read and is left out (%d so far)", path, len(self._seen))
        if len(self._seen) > self._most:
            raise NoSuchData(f"{path}: the {len(self._seen)}th picture that cannot be read; is the disk still there?")
