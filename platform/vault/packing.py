"""Plain values as MessagePack: the one place that knows the library."""

from typing import Any

import msgpack


def pack(value: Any) -> bytes:
    packed: bytes = msgpack.packb(value)
    return packed


def unpack(packed: bytes) -> Any:
    """The packed value; tuples come back as lists."""
    return msgpack.unpackb(packed)
