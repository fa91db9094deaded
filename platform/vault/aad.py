"""Additional authenticated data: parts as bytes, so that no two lists of parts give the same bytes."""

from uuid import UUID

Part = bytes | str | int | UUID | None


def encode(*parts: Part) -> bytes:
    """The parts, each as tag (1 byte) ‖ length (4 bytes, big-endian) ‖ value, after their number (4 bytes).

    Text is UTF-8, an int 8 bytes signed big-endian, a UUID its 16 bytes. Injective over lists of parts.

    Raises:
        OverflowError: an int beyond 64 bits.
    """
    pieces = [len(parts).to_bytes(4, "big")]
    for part in parts:
        tag, value = _encode_part(part)
        pieces += [tag, len(value).to_bytes(4, "big"), value]
    return b"".join(pieces)


def _encode_part(part: Part) -> tuple[bytes, bytes]:
    match part:
        case None:
            return b"n", b""
        case UUID():
            return b"u", part.bytes
        case str():
            return b"s", part.encode()
        case int():
            return b"i", part.to_bytes(8, "big", signed=True)
        case _:
            return b"b", bytes(part)
