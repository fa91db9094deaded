"""Files of every kind give their pictures as a viewer sees them, or say in one sentence that they hold none."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ml.faces.sources import SourceCutOff, SourceUnreadable, files_in, pictures_in

CODES = {".mp4": "mp4v", ".mov": "mp4v", ".webm": "VP80", ".avi": "MJPG"}


def _video(path: Path, frames: int, size: tuple[int, int] = (64, 48)) -> Path:
    """Each frame a shade of its own, its upper left corner white."""
    video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*CODES[path.suffix]), 10.0, size)
    for shade in range(frames):
        frame = np.full((size[1], size[0], 3), 20 + 10 * (shade % 10), np.uint8)
        frame[: size[1] // 4, : size[0] // 4] = 255
        video.write(frame)
    video.release()
    return path


def _only(path: Path) -> NDArray[np.uint8]:
    (picture,) = pictures_in(path)
    assert picture.pixels.dtype == np.uint8
    return picture.pixels


@pytest.mark.parametrize("ending", CODES)
def test_every_nth_frame_of_a_video_with_its_time(tmp_path: Path, ending: str) -> None:
    pictures = list(pictures_in(_video(tmp_path / f"a{ending}", 7), every=3))
    assert [(picture.frame, picture.time_s) for picture in pictures] == [(0, 0.0), (3, 0.3), (6, 0.6)]
    assert pictures[0].pixels.shape == (48, 64, 3)


def test_a_video_is_turned_as_its_rotation_tag_says(tmp_path: Path) -> None:
    path = _video(tmp_path / "upright.mp4", 3)
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40  # ISO 14496-12, 8.3.2, version 0
    one = 1 << 16
    data[matrix : matrix + 36] = struct.pack(">9i", 0, one, 0, -one, 0, 0, 0, 0, 1 << 30)  # a quarter turn
    path.write_bytes(data)
    shown = next(pictures_in(path)).pixels
    assert shown.shape == (64, 48, 3)
    assert shown[:8, -8:].mean() > 200 and shown[:8, :8].mean() < 100


def test_a_video_that_is_cut_off_is_read_up_to_there(tmp_path: Path) -> None:
    path = _video(tmp_path / "a.webm", 120, (160, 120))
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    read: list[int] = []
    with pytest.raises(SourceCutOff, match=r"a\.webm: cut off; \d+ of 120 frames"):
        for picture in pictures_in(path):
            read.append(picture.frame)  # noqa: PERF401  (what comes before the error counts)
    assert 10 < len(read) < 110


GREY = np.full((20, 30), 90, np.uint8)


@pytest.mark.parametrize(
    ("name", "image"),
    [
        ("grey.png", Image.fromarray(GREY)),
        ("colour.jpg", Image.fromarray(np.stack([GREY] * 3, axis=2))),
        ("deep.png", Image.fromarray(GREY.astype(np.uint16) * 257)),
        ("deep.tif", Image.fromarray(GREY.astype(np.uint16) * 257)),
        ("float.tif", Image.fromarray(np.where(np.arange(30) < 29, GREY / 255, 1.0).astype(np.float32))),
        ("palette.png", Image.fromarray(np.stack([GREY] * 3, axis=2)).quantize(4)),
        ("opaque.png", Image.fromarray(GREY).convert("RGBA")),
        ("bits.png", Image.fromarray(GREY).convert("LA")),
        ("print.jpg", Image.fromarray(np.stack([GREY] * 3, axis=2)).convert("CMYK")),
        ("still.webp", Image.fromarray(np.stack([GREY] * 3, axis=2))),
        ("still.gif", Image.fromarray(GREY)),
        ("still.bmp", Image.fromarray(GREY)),
    ],
)
def test_images_of_all_kinds_become_eight_bit_rgb(tmp_path: Path, name: str, image: Image.Image) -> None:
    image.save(tmp_path / name)
    shown = _only(tmp_path / name)
    assert shown.shape == (20, 30, 3)
    assert abs(float(shown[:, :25].mean()) - 90) <= 2


def test_deep_colours_are_scaled(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "deep.png"), np.full((20, 30, 3), 90 * 257, np.uint16))
    assert abs(int(_only(tmp_path / "deep.png").mean()) - 90) <= 1


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_paper(tmp_path: Path, mode: str) -> None:
    hidden = np.full((20, 30, 4), 40, np.uint8)
    hidden[:, :15, 3], hidden[:, 15:, 3] = 0, 255
    image = Image.fromarray(hidden)
    if mode == "P":
        image = image.quantize(8)
    image = image.convert(mode) if mode == "LA" else image
    image.save(tmp_path / "cut-out.png")
    shown = _only(tmp_path / "cut-out.png")
    assert shown[:, :14].min() > 250
    assert shown[:, 16:].max() < 50


@pytest.mark.parametrize("turn", range(1, 9))
def test_an_image_is_turned_as_its_exif_says(tmp_path: Path, turn: int) -> None:
    upright = np.full((20, 30, 3), 60, np.uint8)
    upright[:6, :6] = 250
    undone = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[turn]  # as a camera would have stored it
    stored = Image.fromarray(upright)
    stored = stored if undone is None else stored.transpose(Image.Transpose(undone))
    tag = Image.Exif()
    tag[0x0112] = turn
    stored.save(tmp_path / "turned.jpg", exif=tag, quality=95)
    shown = _only(tmp_path / "turned.jpg")
    assert shown.shape == (20, 30, 3)
    assert shown[:5, :5].mean() > 200 and shown[-5:, -5:].mean() < 100


def test_an_exif_that_cannot_be_read_turns_nothing(tmp_path: Path) -> None:
    Image.fromarray(GREY).save(tmp_path / "odd.jpg", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff junk")
    assert _only(tmp_path / "odd.jpg").shape == (20, 30, 3)


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp", ".tif", ".bmp"])
def test_an_image_that_is_cut_off_says_so(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"whole{ending}"
    noise = np.random.default_rng(0).integers(0, 255, (60, 80, 3)).astype(np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(SourceUnreadable, match="cut off"):
        _only(path)


def _png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(13_000, 10_000), (60_000, 60_000), (2_000_000_000, 2)])
def test_a_small_file_that_claims_a_huge_picture_is_refused_unopened(tmp_path: Path, size: tuple[int, int]) -> None:
    (tmp_path / "bomb.png").write_bytes(_png_claiming(*size))
    with pytest.raises(SourceUnreadable, match="at most 120 million"):
        _only(tmp_path / "bomb.png")


@pytest.mark.parametrize("name", ["text.jpg", "text.mp4", "empty.png", "missing.png"])
def test_what_holds_no_picture_says_so(tmp_path: Path, name: str) -> None:
    if name.startswith("text"):
        (tmp_path / name).write_text("this is no picture")
    if name.startswith("empty"):
        (tmp_path / name).touch()
    with pytest.raises(SourceUnreadable, match=name):
        list(pictures_in(tmp_path / name))


def test_a_video_whose_name_is_no_text_says_so(tmp_path: Path) -> None:
    path = tmp_path / "bad\udcff.webm"
    path.write_text("anything")
    with pytest.raises(SourceUnreadable, match="name is no text"):
        list(pictures_in(path))


def test_nothing_but_our_own_line_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("text.mp4", "text.webm", "text.jpg"):
        (tmp_path / name).write_text("this is no picture")
        with pytest.raises(SourceUnreadable):
            list(pictures_in(tmp_path / name))
    assert capfd.readouterr() == ("", "")


def test_no_spoilt_byte_raises_anything_else(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    for ending in (".jpg", ".png", ".webp", ".gif", ".tif", ".bmp", ".ppm", ".tga", ".jp2"):
        path = tmp_path / f"whole{ending}"
        Image.fromarray(random.integers(0, 255, (24, 32, 3)).astype(np.uint8)).save(path)
        whole = path.read_bytes()
        for _ in range(40):
            spoilt = bytearray(whole)
            for at in random.integers(0, len(spoilt), 4):
                spoilt[at] = random.integers(256)
            path.write_bytes(spoilt[: random.integers(1, len(spoilt) + 1)])
            try:
                assert _only(path).shape[2] == 3
            except SourceUnreadable:
                continue


def test_no_other_program_is_started_for_a_page_description(tmp_path: Path) -> None:
    (tmp_path / "page.eps").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n")
    with pytest.raises(SourceUnreadable, match=r"page\.eps"):
        _only(tmp_path / "page.eps")


def test_a_folder_gives_its_images_and_videos_and_those_of_the_folders_in_it(tmp_path: Path) -> None:
    for name in ("b.PNG", "a.jpg", "notes.txt", ".hidden.png", "in/c.webm", "in/deeper/Grüße 😀.mov", ".git/d.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "in" / "round").symlink_to(tmp_path)
    found = [str(path.relative_to(tmp_path)) for path in files_in(tmp_path)]
    assert found == ["a.jpg", "b.PNG", "in/c.webm", "in/deeper/Grüße 😀.mov"]


def test_a_folder_with_nothing_to_read_says_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(SourceUnreadable, match="no image or video"):
        files_in(tmp_path)
