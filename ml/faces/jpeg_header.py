"""Reads a JPEG's size from its own header, before anything is decoded: a small file can claim 65,535 × 65,535 pixels.

Standard library only: the web process uses it on each frame. ITU-T T.81, annex B, for the markers.
"""

from dataclasses import dataclass
from typing import Final

MOST_BYTES: Final = 256 * 1024
MOST_WIDTH: Final = 1280
MOST_HEIGHT: Final = 720

_SIZE_MARKERS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""SOF0 … SOF15: all frames' headers; C4, C8 and CC are tables and an extension, not frames."""
_BARE_MARKERS: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_SCAN_OR_END: Final = frozenset({0xD9, 0xDA})
_NO_MARKERS: Final = frozenset({0x00, *range(0x02, 0xC0)})
"""Reserved, and FF 00, which is no marker at all: decoders skip it, and look on where a length would lead us past."""


class BadFrame(ValueError):
    """The bytes are no frame that we read; sending the same again won't help."""


class NotAJpeg(BadFrame):
    """No JPEG, or one cut off before its size."""


class FrameTooLarge(BadFrame):
    """More bytes or pixels than a frame may have."""


@dataclass(frozen=True)
class FrameSize:
    """Pixels."""

    width: int
    height: int


def check_frame(data: bytes) -> FrameSize:
    """The size of a frame that is worth decoding: a JPEG of at most 256 KiB and 1280×720.

    Raises:
        FrameTooLarge, NotAJpeg
    """
    if len(data) > MOST_BYTES:
        raise FrameTooLarge(f"{len(data)} bytes; at most {MOST_BYTES} are read")
    size = read_size(data)
    if size.width > MOST_WIDTH or size.height > MOST_HEIGHT:
        raise FrameTooLarge(f"{size.width}×{size.height} pixels; at most {MOST_WIDTH}×{MOST_HEIGHT} are read")
    return size


def read_size(data: bytes) -> FrameSize:
    """Width and height that the first frame header claims.

    Raises:
        NotAJpeg: no start marker, no frame header, or a side of zero.
    """
    if data[:2] != b"\xff\xd8":
        raise NotAJpeg("no JPEG start marker")
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise NotAJpeg("a marker is missing")
        marker = data[at + 1]
        if marker in _SIZE_MARKERS:
            return _size_at(data, at + 4)
        if marker in _SCAN_OR_END:
            break
        at += _step_over(data, at, marker)
    raise NotAJpeg("no frame header")


def _step_over(data: bytes, at: int, marker: int) -> int:
    """Bytes from this marker to the next, as a decoder counts them: fill bytes and bare markers carry no length."""
    if marker == 0xFF:
        return 1
    if marker in _BARE_MARKERS:
        return 2
    if marker in _NO_MARKERS:
        raise NotAJpeg("a marker that no JPEG has")
    length = int.from_bytes(data[at + 2 : at + 4], "big")
    if length < 2:
        raise NotAJpeg("a segment shorter than its own length field")
    return 2 + length


def _size_at(data: bytes, at: int) -> FrameSize:
    """Frame header after marker and length: one byte of precision, then height and width, two bytes each."""
    fields = data[at : at + 5]
    if len(fields) < 5:
        raise NotAJpeg("cut off within its frame header")
    size = FrameSize(width=int.from_bytes(fields[3:5], "big"), height=int.from_bytes(fields[1:3], "big"))
    if size.width == 0 or size.height == 0:
        raise NotAJpeg("a side of zero pixels")
    return size
