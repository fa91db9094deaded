"""The clip that the demonstration shows to the camera: made at first use, or anybody's video file.

The shipped one is scikit-image's photograph of the astronaut Eileen Collins (NASA, public domain): a real face, moved,
lit and turned as a webcam would see it, with two stretches in which it is out of sight.
"""

import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

WIDTH, HEIGHT = 640, 480
FPS = 12
SECONDS = 24
FACE = (222.0, 118.0)
"""Middle of the face in the photograph, pixels."""
AWAY = ((8.0, 10.0), (17.0, 18.5))
"""Seconds in which the person leaves the picture."""
_NAME = "astronaut.mp4"
_WALL = (168, 160, 150)
_ENDLESS = 10**9
"""Frames in a file that does not say how many; its end is found by reading."""


class ClipUnreadable(Exception):
    """No video, or none that OpenCV can read."""


class Clip:
    """A video, played by its own clock and looped."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open()
        self.fps = self._capture.get(cv2.CAP_PROP_FPS) or 25.0
        self._length = max(1, int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)) or _ENDLESS)
        self._picture = self._read()

    def _open(self) -> None:
        self._capture = cv2.VideoCapture(str(self._path))
        self._index = -1

    def _read(self) -> Picture:
        found, picture = self._capture.read()
        if not found:
            raise ClipUnreadable(str(self._path))
        self._index += 1
        return np.asarray(picture, np.uint8)

    def at(self, seconds: float) -> tuple[int, Picture]:
        """The frame to be seen at a time since the start: its index in the file, and its pixels (H, W, 3), BGR."""
        wanted = int(seconds * self.fps) % self._length
        if wanted < self._index:
            self._open()
        while self._index < wanted and self._capture.grab():
            self._index += 1
            found, picture = self._capture.retrieve() if self._index == wanted else (False, None)
            if found and picture is not None:
                self._picture = np.asarray(picture, np.uint8)
        if self._index < wanted:  # the file holds fewer frames than it says
            self._length = self._index + 1
        return self._index, self._picture

    def close(self) -> None:
        self._capture.release()


def encode(picture: Picture, *, width: int, quality: float) -> bytes:
    """A JPEG as a page would send it: at most ``width`` wide and 720 high; quality 0 to 1."""
    scale = min(1.0, width / picture.shape[1], 720 / picture.shape[0])
    if scale < 1:
        picture = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    _, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, round(100 * quality)])
    return bytes(jpeg)


def ensure_clip(folder: Path) -> Path:
    """The shipped clip in this folder, made now if it is not there yet (a few seconds)."""
    path = folder / _NAME
    if path.is_file():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part.mp4")
    writer = cv2.VideoWriter(str(unfinished), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (WIDTH, HEIGHT))
    if not writer.isOpened():
        raise ClipUnreadable(f"OpenCV cannot write {path.name}")
    photograph, grain = _photograph(), _grain()
    for number in range(FPS * SECONDS):
        writer.write(_seen(photograph, grain[number % len(grain)], number / FPS))
    writer.release()
    unfinished.rename(path)
    return path


def _photograph() -> Picture:
    from skimage.data import astronaut

    photograph = np.asarray(astronaut(), np.uint8)  # type: ignore[no-untyped-call]
    return np.asarray(cv2.cvtColor(photograph, cv2.COLOR_RGB2BGR), np.uint8)


def _grain() -> list[NDArray[np.int16]]:
    """A few frames of sensor noise; the eye does not see that they repeat."""
    chance = np.random.default_rng(7)
    return [chance.normal(0, 4, (HEIGHT, WIDTH, 3)).astype(np.int16) for _ in range(5)]


def _seen(photograph: Picture, grain: NDArray[np.int16], seconds: float) -> Picture:
    """One frame: the person sways, nods, comes nearer and turns; the light changes; the sensor is noisy."""
    corners = _turned(seconds)
    frame = cv2.warpPerspective(photograph, corners, (WIDTH, HEIGHT), borderMode=cv2.BORDER_CONSTANT, borderValue=_WALL)
    light = 1.0 + 0.22 * math.sin(2 * math.pi * seconds / 9)
    lit = cv2.convertScaleAbs(frame, alpha=light)
    return np.asarray(cv2.add(lit, grain, dtype=cv2.CV_8U), np.uint8)


def _turned(seconds: float) -> NDArray[np.float64]:
    """The 3×3 matrix from the photograph to the frame: face to the middle, scaled, rolled, shifted, turned sideways."""

    def turn(period: float) -> float:
        return math.sin(2 * math.pi * seconds / period)

    scale, roll, yaw = 1.55 + 0.2 * turn(11), math.radians(7 * turn(6)), 0.00045 * turn(7)
    shift = (WIDTH / 2 + 70 * turn(8) + _absence(seconds), HEIGHT / 2 + 25 * turn(5))
    cos, sin = scale * math.cos(roll), scale * math.sin(roll)
    to_face = np.array([[1, 0, -FACE[0]], [0, 1, -FACE[1]], [0, 0, 1]])
    turned = np.array([[1, 0, 0], [0, 1, 0], [yaw, 0, 1]])
    placed = np.array([[cos, -sin, shift[0]], [sin, cos, shift[1]], [0, 0, 1]])
    return np.asarray(placed @ turned @ to_face, np.float64)


def _absence(seconds: float) -> float:
    """Pixels to the side: out of the picture within half a second, and back as quickly."""
    for start, end in AWAY:
        if start <= seconds < end:
            return 900.0 * min(1.0, (seconds - start) * 2, (end - seconds) * 2)
    return 0.0
