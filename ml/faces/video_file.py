"""The frames of a video file, turned as its rotation tag says, up to where it is cut off."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # a broken video is said once, by us

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.faces.image_file import MOST_PIXELS
from ml.faces.source_errors import SourceCutOff, SourceUnreadable

_NEARLY_ALL: Final = 0.9
"""Of the frames a file says it has. The container estimates them from its length, and is off by a few."""
_USUAL_RATE: Final = 25.0
_FASTEST: Final = 240.0


@dataclass(frozen=True)
class VideoFrame:
    """`number` counts from 0; `time_s` seconds from the start; `pixels` (H, W, 3) uint8 RGB."""

    number: int
    time_s: float
    pixels: NDArray[np.uint8]


def read_video(path: Path, *, every: int = 1) -> Iterator[VideoFrame]:
    """Every `every`-th frame.

    Raises:
        SourceUnreadable: not one frame can be had, or its frames are too large.
        SourceCutOff: after the last frame that can be had of a file which says it has more.
    """
    video = _opened(path)
    try:
        video.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
        _refuse_giants(path, video)
        number = 0
        while video.grab():
            if number % every == 0:
                done, pixels = video.retrieve()
                if done:
                    shown = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
                    yield VideoFrame(number, _time_s(video, number), shown)
            number += 1
        _judge_the_end(path, number, video.get(cv2.CAP_PROP_FRAME_COUNT))
    finally:
        video.release()


def _opened(path: Path) -> cv2.VideoCapture:
    try:
        name = str(path).encode().decode()
    except UnicodeEncodeError as error:  # OpenCV would end the process
        raise SourceUnreadable(f"{path}: a video whose name is no text; rename it") from error
    loud = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        return cv2.VideoCapture(name, cv2.CAP_FFMPEG)
    finally:
        cv2.utils.logging.setLogLevel(loud)


def _time_s(video: cv2.VideoCapture, number: int) -> float:
    """The frame's own time stamp: a recording's rate may vary. Where there is none, by the rate."""
    stamped = round(float(video.get(cv2.CAP_PROP_POS_MSEC)) / 1000, 6)
    if stamped > 0 or number == 0:
        return max(stamped, 0.0)
    rate = float(video.get(cv2.CAP_PROP_FPS))
    return number / (rate if 0 < rate <= _FASTEST else _USUAL_RATE)


def _refuse_giants(path: Path, video: cv2.VideoCapture) -> None:
    width, height = int(video.get(cv2.CAP_PROP_FRAME_WIDTH)), int(video.get(cv2.CAP_PROP_FRAME_HEIGHT))
    if width * height > MOST_PIXELS:
        raise SourceUnreadable(
            f"{path}: claims {width}×{height} pixels; at most {MOST_PIXELS // 10**6} million are read"
        )


def _judge_the_end(path: Path, read: int, promised: float) -> None:
    if read == 0:
        raise SourceUnreadable(f"{path}: not a video that can be read")
    if 0 < promised < 10**9 and read < _NEARLY_ALL * promised:
        raise SourceCutOff(f"{path}: cut off; {read} of {round(promised)} frames could be read")
