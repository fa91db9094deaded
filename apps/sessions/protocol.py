"""What may come in over the socket: the bytes of a frame and the envelope of a message. Pure."""

import json
import struct
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from ml.faces.jpeg_header import FrameTooLarge, NotAJpeg, check_frame

SUBPROTOCOL: Final = "attune.v1"
MOST_TEXT: Final = 16 * 1024
_HEADER = struct.Struct(">II")
_KIND_LENGTH = 40

# Close codes of CONTRACT.md, and the ordinary one.
DONE: Final = 1000
MALFORMED: Final = 4400
NOT_SIGNED_IN: Final = 4401
NOT_ALLOWED: Final = 4403
IDLE: Final = 4408
ELSEWHERE: Final = 4409
TOO_LARGE: Final = 4413
TOO_FAST: Final = 4429
WITHDRAWN: Final = 4440


class Closing(Exception):
    """The socket must close. ``reason`` is a word for programs, in the ``closed`` message too."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture on its way to be read. ``at_ms`` counts from the session's opening, by the camera's clock."""

    sequence: int
    at_ms: int
    jpeg: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Message:
    """A client's message; ``body`` is what stands beside ``type`` and ``id``, not yet looked at."""

    kind: str
    id: UUID
    body: dict[str, Any]


def parse_frame(data: bytes) -> Frame:
    """The frame in a binary message.

    Raises:
        Closing: 4413 for more bytes or pixels than allowed, 4400 for anything that is no JPEG.
    """
    if len(data) <= _HEADER.size:
        raise Closing(MALFORMED, "malformed")
    sequence, at_ms = _HEADER.unpack_from(data)
    jpeg = data[_HEADER.size :]
    try:
        size = check_frame(jpeg)
    except FrameTooLarge:
        raise Closing(TOO_LARGE, "too_large") from None
    except NotAJpeg:
        raise Closing(MALFORMED, "malformed") from None
    return Frame(sequence, at_ms, jpeg, size.width, size.height)


def pack_frame(sequence: int, at_ms: int, jpeg: bytes) -> bytes:
    """The binary message of a frame, as a client sends it."""
    return _HEADER.pack(sequence, at_ms) + jpeg


def parse_message(text: str) -> Message:
    """The envelope of a text message. What cannot even be answered by its id closes the socket.

    Raises:
        Closing: 4413 for more than MOST_TEXT bytes; 4400 where it is no JSON object with ``type`` and a UUID ``id``.
    """
    if len(text) > MOST_TEXT or len(text.encode()) > MOST_TEXT:
        raise Closing(TOO_LARGE, "too_large")
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise Closing(MALFORMED, "malformed") from None
    if not isinstance(body, dict):
        raise Closing(MALFORMED, "malformed")
    kind, raw_id = body.pop("type", None), body.pop("id", None)
    if not isinstance(kind, str) or not isinstance(raw_id, str) or not 0 < len(kind) <= _KIND_LENGTH:
        raise Closing(MALFORMED, "malformed")
    try:
        return Message(kind, UUID(raw_id), body)
    except ValueError:
        raise Closing(MALFORMED, "malformed") from None


def parse_after(query: bytes) -> int | None:
    """The ``n`` after which a client asks to go on, from the query string; None where it asks for all.

    Raises:
        Closing: 4400 where ``after`` is no number.
    """
    for part in query.split(b"&"):
        name, _, value = part.partition(b"=")
        if name == b"after" and value:
            if not value.isdigit() or len(value) > 18:
                raise Closing(MALFORMED, "malformed")
            return int(value)
    return None
