"""Files of every kind give their pictures, or say in one sentence that they hold none."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from ml.faces.sources import SourceUnreadable, pictures_in


def _video(path: Path, frames: int) -> Path:
    video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10.0, (64, 48))
    for shade in range(frames):
        video.write(np.full((48, 64, 3), 20 * shade, np.uint8))
    video.release()
    return path


def test_every_nth_frame_of_a_video_with_its_time(tmp_path: Path) -> None:
    pictures = list(pictures_in(_video(tmp_path / "a.mp4", 7), every=3))
    assert [(picture.frame, picture.time_s) for picture in pictures] == [(0, 0.0), (3, 0.3), (6, 0.6)]
    assert pictures[0].pixels.shape == (48, 64, 3)


@pytest.mark.parametrize(
    ("name", "pixels"),
    [
        ("grey.png", np.full((20, 30), 90, np.uint8)),
        ("alpha.png", np.full((20, 30, 4), 90, np.uint8)),
        ("deep.png", np.full((20, 30, 3), 90 * 257, np.uint16)),
        ("photograph.jpg", np.full((20, 30, 3), 90, np.uint8)),
    ],
)
def test_images_of_all_kinds_become_eight_bit_rgb(tmp_path: Path, name: str, pixels: np.ndarray) -> None:
    cv2.imwrite(str(tmp_path / name), pixels)
    picture = next(pictures_in(tmp_path / name))
    assert picture.pixels.shape == (20, 30, 3)
    assert picture.pixels.dtype == np.uint8
    assert abs(int(picture.pixels.mean()) - 90) <= 1


@pytest.mark.parametrize("name", ["text.jpg", "text.mp4", "empty.png", "missing.png"])
def test_what_holds_no_picture_says_so(tmp_path: Path, name: str) -> None:
    if name.startswith("text"):
        (tmp_path / name).write_text("this is no picture")
    if name.startswith("empty"):
        (tmp_path / name).touch()
    with pytest.raises(SourceUnreadable, match=name):
        list(pictures_in(tmp_path / name))
