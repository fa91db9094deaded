"""A session's memory as bytes that travel with it: where its face was, the LSTM's state. Hostile bytes are refused."""

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.faces.geometry import Box
from ml.faces.tracker import Track

_VERSION: Final = 1
_HEADER: Final = struct.Struct("<B8sB4fBBH")
"""Version, weights' name, whether a track follows, its box, frames since a search, searches lost, LSTM size."""
_LARGEST: Final = 10_000.0


class StaleState(ValueError):
    """Bytes of another version, of other weights, or nobody's: start afresh."""


@dataclass(frozen=True)
class Memory:
    """`hidden` and `cell`: (H,) float32, what the LSTM carries; `track`: None before the first face."""

    track: Track | None
    hidden: NDArray[np.float32]
    cell: NDArray[np.float32]


def pack(memory: Memory, weights: bytes) -> bytes:
    """At most a few hundred bytes; `weights` are the 8 bytes that name the network the LSTM's state belongs to."""
    track = memory.track
    box = track.box if track else Box(0, 0, 0, 0)
    since, lost = (track.since_search, track.lost) if track else (0, 0)
    header = _HEADER.pack(
        *(_VERSION, weights, track is not None, box.left, box.top, box.width, box.height),
        *(min(since, 255), min(lost, 255), len(memory.hidden)),
    )
    return header + memory.hidden.astype("<f2").tobytes() + memory.cell.astype("<f2").tobytes()


def unpack(data: bytes, weights: bytes, size: int) -> Memory:
    """Read what :func:`pack` wrote for an LSTM of `size`.

    Raises:
        StaleState: wrong length, version, weights or numbers that no frame could have led to.
    """
    if len(data) != _HEADER.size + 4 * size:
        raise StaleState("wrong length")
    version, name, followed, left, top, width, height, since, lost, stored = _HEADER.unpack_from(data)
    if (version, name, stored) != (_VERSION, weights, size):
        raise StaleState("of another version or other weights")
    numbers = np.frombuffer(data, "<f2", offset=_HEADER.size).astype(np.float32)
    box = Box(left, top, width, height)
    if not np.isfinite(numbers).all() or (followed and not _is_possible(box)):
        raise StaleState("impossible numbers")
    return Memory(Track(box, since, lost) if followed else None, numbers[:size], numbers[size:])


def fresh(size: int) -> Memory:
    """Before the first frame."""
    return Memory(None, np.zeros(size, np.float32), np.zeros(size, np.float32))


def _is_possible(box: Box) -> bool:
    numbers = np.array([box.left, box.top, box.width, box.height])
    return bool(np.isfinite(numbers).all() and (abs(numbers) < _LARGEST).all() and min(box.width, box.height) >= 1)
