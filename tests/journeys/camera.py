"""Clips as chains of JPEGs, which is what Chromium's fake camera plays from a .mjpeg file."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any


def write_mjpeg(target: Path) -> Path:
    """The demonstration clip."""
    import cv2

    from apps.sessions.demo.clip import ensure_clip

    source = cv2.VideoCapture(str(ensure_clip(target.parent)))
    written = _write(target, _frames(source))
    source.release()
    return written


def _frames(video: Any) -> Iterator[Any]:
    more, frame = video.read()
    while more:
        yield frame
        more, frame = video.read()


def write_swap(target: Path, *, own_s: int, other_s: int, fps: int = 30) -> Path:
    """The astronaut, then in her place somebody else."""
    import cv2

    from tests.ml.faces.people import astronaut_at, stranger_at

    own, other = (cv2.cvtColor(one, cv2.COLOR_RGB2BGR) for one in (astronaut_at(), stranger_at(3)))
    large = [cv2.resize(one, (640, 480), interpolation=cv2.INTER_CUBIC) for one in (own, other)]
    return _write(target, (large[0] if frame < own_s * fps else large[1] for frame in range((own_s + other_s) * fps)))


def _write(target: Path, frames: Iterable[Any]) -> Path:
    import cv2

    with target.open("wb") as out:
        for frame in frames:
            out.write(cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes())
    return target
