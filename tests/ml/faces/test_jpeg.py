"""Nothing is decoded before its header has said that it is small enough."""

import subprocess
import sys

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ml.faces.jpeg import decode
from ml.faces.jpeg_header import MOST_BYTES, BadFrame, FrameSize, FrameTooLarge, NotAJpeg, check_frame, read_size


def _jpeg(width: int, height: int, *flags: int) -> bytes:
    done, data = cv2.imencode(".jpg", np.full((height, width, 3), 90, np.uint8), flags)
    assert done
    return data.tobytes()


def _claiming(width: int, height: int) -> bytes:
    """A small file whose frame header claims that size."""
    data = bytearray(_jpeg(64, 48))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return bytes(data)


@pytest.mark.parametrize("flags", [(), (cv2.IMWRITE_JPEG_PROGRESSIVE, 1), (cv2.IMWRITE_JPEG_RST_INTERVAL, 4)])
def test_the_size_is_read_from_the_header(flags: tuple[int, ...]) -> None:
    assert read_size(_jpeg(640, 360, *flags)) == FrameSize(640, 360)


def test_the_largest_frame_is_read() -> None:
    assert decode(_jpeg(1280, 720)).shape == (720, 1280, 3)


@pytest.mark.parametrize("size", [(65535, 65535), (1281, 720), (1280, 721)])
def test_a_frame_that_claims_too_many_pixels_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(FrameTooLarge):
        decode(_claiming(*size))


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(FrameTooLarge):
        check_frame(_jpeg(64, 48) + bytes(MOST_BYTES))


def test_a_header_that_lies_is_refused() -> None:
    with pytest.raises(BadFrame):
        decode(_claiming(0, 48))


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"\xff\xd8\xff\xe0\x00\x00\xff\xc0"]
)
def test_what_is_no_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises(NotAJpeg):
        check_frame(data)


def _segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (2 + len(content)).to_bytes(2, "big") + content


@pytest.mark.parametrize("marker", [0x00, 0x02, 0xBF])
def test_no_second_picture_hides_behind_what_is_no_marker(marker: int) -> None:
    """A decoder that steps over two bytes finds the large picture; one that steps over a length, the small claim."""
    small = _jpeg(64, 64)
    forged = b"\xff\xd8" + _segment(marker, _jpeg(2000, 1000)[2:]) + small[small.index(b"\xff\xc0") :]
    with pytest.raises(NotAJpeg):
        check_frame(forged)


_PICTURES = [_jpeg(16, 8), _jpeg(8, 24), _jpeg(24, 16, cv2.IMWRITE_JPEG_PROGRESSIVE, 1)]
_CONTENTS = st.sampled_from([*_PICTURES, *(picture[2:] for picture in _PICTURES), b"", b"\x00", b"\xff", b"\xff\xd8"])
_PARTS = st.builds(_segment, st.integers(0, 255), _CONTENTS) | _CONTENTS | st.binary(max_size=6)
_TAILS = st.sampled_from([picture[2:] for picture in _PICTURES])


@settings(max_examples=300)
@given(st.lists(_PARTS, max_size=3), _TAILS)
@example([_segment(0x00, _PICTURES[0][2:])], _PICTURES[1][_PICTURES[1].index(b"\xff\xc0") :])
def test_what_is_decoded_has_the_size_that_was_checked(parts: list[bytes], tail: bytes) -> None:
    data = b"\xff\xd8" + b"".join(parts) + tail
    try:
        size = check_frame(data)
    except BadFrame:
        return
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    assert found is None or found.shape == (size.height, size.width, 3)


def test_a_decoder_that_gives_up_is_one_bad_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*_: object) -> None:
        raise cv2.error("out of memory")

    monkeypatch.setattr(cv2, "imdecode", give_up)
    with pytest.raises(NotAJpeg):
        decode(_jpeg(64, 48))


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda tail: b"\xff\xd8\xff" + tail))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    try:
        size = read_size(data)
    except NotAJpeg:
        return
    assert size.width > 0


@given(st.integers(2, 700))
def test_a_cut_off_frame_is_refused_or_decoded(length: int) -> None:
    try:
        assert decode(_jpeg(64, 48)[:length]).shape == (48, 64, 3)
    except BadFrame:
        return


def test_the_web_process_reads_headers_without_torch_or_opencv() -> None:
    code = (
        "import sys, ml.faces.jpeg_header; assert not {'torch', 'cv2', 'numpy', 'facenet_pytorch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
