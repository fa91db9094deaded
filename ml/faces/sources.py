"""Pictures out of files: images of the common kinds, and the frames of videos."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.faces.image_file import read_image
from ml.faces.source_errors import SourceCutOff, SourceUnreadable
from ml.faces.video_file import read_video

__all__ = ["VIDEOS", "Picture", "SourceCutOff", "SourceUnreadable", "files_in", "pictures_in"]

VIDEOS: Final = frozenset({".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".mjpeg", ".mjpg", ".mpg", ".mpeg", ".ogv"})
_PHOTOGRAPHS: Final = {".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".jp2", ".j2k", ".webp", ".avif", ".heic", ".heif"}
"""Of HEIC none can be read: better to say so than to pass over the pictures of a telephone."""
_IMAGES: Final = _PHOTOGRAPHS | {
    ".png",
    ".apng",
    ".gif",
    ".bmp",
    ".dib",
    ".tif",
    ".tiff",
    ".pgm",
    ".ppm",
    ".pnm",
    ".tga",
}


@dataclass(frozen=True)
class Picture:
    """`pixels` (H, W, 3) uint8 RGB; `frame` counts from 0 within the file; `time_s` seconds from its start."""

    source: Path
    frame: int
    time_s: float
    pixels: NDArray[np.uint8]


def pictures_in(path: Path, *, every: int = 1) -> Iterator[Picture]:
    """The picture of an image file, turned as its EXIF says, or every `every`-th frame of a video.

    Raises:
        SourceUnreadable: missing, empty, cut off before its first picture, too large, or of no kind that we read.
        SourceCutOff: after the last frame of a video that is cut off.
    """
    try:
        size = path.stat().st_size if path.is_file() else None
    except OSError as error:
        raise SourceUnreadable(f"{path}: {error.strerror}") from error
    if not size:
        raise SourceUnreadable(f"{path}: {'no such file' if size is None else 'an empty file'}")
    if path.suffix.lower() in VIDEOS:
        for frame in read_video(path, every=every):
            yield Picture(path, frame.number, frame.time_s, frame.pixels)
    else:
        yield Picture(path, 0, 0.0, read_image(path))


def files_in(folder: Path) -> list[Path]:
    """The images and videos in a folder and the folders in it, by their names' endings, in order of path.

    What bears another ending, or a name that begins with a dot, is passed over: a folder may hold notes too.

    Raises:
        SourceUnreadable: there is none.
    """
    wanted = VIDEOS | _IMAGES
    found: list[Path] = []
    for place, folders, names in os.walk(folder):  # does not follow links to folders, which may go round
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [
            Path(place, name) for name in names if Path(name).suffix.lower() in wanted and not name.startswith(".")
        ]
    if not found:
        raise SourceUnreadable(f"{folder}: no image or video in this folder")
    return sorted(found)
