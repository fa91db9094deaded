"""A JPEG's size, read from its frame header before anything decodes it: a small file can claim 65k × 65k pixels.

Markers as in ITU-T T.81, annex B. The web process may not import a decoder, and needs none for this.
"""

_START = b"\xff\xd8"
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0-15 without DHT, JPG and DAC
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # TEM and RSTn carry no length
_SCAN, _END = 0xDA, 0xD9


class NotJpeg(ValueError):
    """The bytes are no JPEG, or end before they say how large it is."""


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels.

    Raises:
        NotJpeg: no start marker, no frame header before the scan, or truncated.
    """
    if not data.startswith(_START):
        raise NotJpeg("no start marker")
    at = 2
    while True:
        marker, at = _next_marker(data, at)
        if marker in _ALONE:
            continue
        if marker in (_SCAN, _END) or at + 2 > len(data):
            raise NotJpeg("no frame header")
        length = int.from_bytes(data[at : at + 2])
        if marker in _FRAME_HEADERS:
            return _size(data[at : at + length])
        if length < 2:
            raise NotJpeg("a segment without length")
        at += length


def _next_marker(data: bytes, at: int) -> tuple[int, int]:
    """The marker at ``at`` and where its segment begins; 0xFF may be repeated as padding."""
    if at >= len(data) or data[at] != 0xFF:
        raise NotJpeg("no marker where one must stand")
    while at < len(data) and data[at] == 0xFF:
        at += 1
    if at >= len(data) or data[at] == 0:
        raise NotJpeg("truncated")
    return data[at], at + 1


def _size(segment: bytes) -> tuple[int, int]:
    if len(segment) < 8:
        raise NotJpeg("truncated frame header")
    height, width = int.from_bytes(segment[3:5]), int.from_bytes(segment[5:7])
    if not width or not height:
        raise NotJpeg("no size in the frame header")
    return width, height
