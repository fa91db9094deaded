"""Pictures out of files: images of any kind that OpenCV reads, and the frames of videos."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # a broken video is said once, by us
VIDEOS: Final = frozenset({".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".mjpeg", ".mjpg"})


class SourceUnreadable(Exception):
    """No picture can be had from that file; the others may still be read."""


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
        SourceUnreadable: missing, empty, cut off before its first picture, or of no kind that we read.
    """
    if not path.is_file() or path.stat().st_size == 0:
        raise SourceUnreadable(f"{path}: no such file, or an empty one")
    if path.suffix.lower() in VIDEOS:
        yield from _frames(path, every)
    else:
        yield Picture(path, 0, 0.0, _image(path))


def _image(path: Path) -> NDArray[np.uint8]:
    """Eight-bit RGB; alpha is dropped, grey spread, sixteen bits scaled down."""
    try:
        pixels = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise SourceUnreadable(f"{path}: not a picture that can be read") from error
    if pixels is None:
        raise SourceUnreadable(f"{path}: not a picture that can be read")
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)


def _frames(path: Path, every: int) -> Iterator[Picture]:
    video = cv2.VideoCapture(str(path))
    try:
        rate = video.get(cv2.CAP_PROP_FPS) or 25.0
        frame = 0
        while video.grab():
            if frame % every == 0:
                done, pixels = video.retrieve()
                if done:
                    shown = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
                    yield Picture(path, frame, frame / rate, shown)
            frame += 1
        if frame == 0:
            raise SourceUnreadable(f"{path}: not a video that can be read")
    finally:
        video.release()
