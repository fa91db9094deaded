"""A session's memory as bytes that travel with it: where its face was and how it looks, what the LSTM carries.

How a face looks is biometric-like, few as the numbers are. These bytes lie in Valkey alone, sealed and gone a minute
after the last frame (``apps.sessions.mailbox``); they must never reach the log, the database, a file or a message.
Hostile bytes are refused.
"""

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.faces.geometry import Box
from ml.faces.likeness.basis import KEPT
from ml.faces.likeness.known import DOUBTS, MOST_LOOKS, Known
from ml.faces.scene import SCENE_BYTES
from ml.faces.tracker import Track

_VERSION: Final = 4
_HEADER: Final = struct.Struct("<B8sB4f2HBBBBBBBH")
"""Version, weights' name, whether a track follows, its box, the shape of the copy that it is in, frames since a search,
searches lost; of the face's looks: how many, met, doubts, whether it is another's, whether it came into view; how many
numbers the LSTM carries. Then room for all looks and the scene, then those numbers."""
_LOOKS: Final = MOST_LOOKS * KEPT
_FIXED: Final = _HEADER.size + _LOOKS + SCENE_BYTES
_LARGEST: Final = 10_000.0


class StaleState(ValueError):
    """Bytes of another version, of other weights, or nobody's: start afresh."""


@dataclass(frozen=True)
class Memory:
    """`followed`: (M,) float32, a row of ``TemporalState.joined``; `track`: None before the first face."""

    track: Track | None
    followed: NDArray[np.float32]


def pack(memory: Memory, weights: bytes) -> bytes:
    """At most a few hundred bytes; `weights` are the 8 bytes that name the network the LSTM's state belongs to."""
    track = memory.track or Track(Box(0, 0, 0, 0))
    box, known = track.box, track.known or Known(())
    header = _HEADER.pack(
        *(_VERSION, weights, memory.track is not None, box.left, box.top, box.width, box.height, *track.shape),
        *(min(track.since_search, 255), min(track.lost, 255)),
        *(len(known.looks), known.met, known.doubts, known.is_another, known.has_arrived, len(memory.followed)),
    )
    looks, scene = b"".join(known.looks).ljust(_LOOKS, b"\0"), track.scene.ljust(SCENE_BYTES, b"\0")
    return header + looks + scene + memory.followed.astype("<f2").tobytes()


def unpack(data: bytes, weights: bytes, count: int) -> Memory:
    """Read what :func:`pack` wrote of `count` numbers that the LSTM carries.

    Raises:
        StaleState: wrong length, version, weights or numbers that no frame could have led to.
    """
    if len(data) != _FIXED + 2 * count:
        raise StaleState("wrong length")
    version, name, followed, *fields, stored = _HEADER.unpack_from(data)
    if (version, name, stored) != (_VERSION, weights, count):
        raise StaleState("of another version or other weights")
    numbers = np.frombuffer(data, "<f2", offset=_FIXED).astype(np.float32)
    left, top, width, height, tall, wide, since, lost, *looks = fields
    box = Box(left, top, width, height)
    known, scene = _known(data[_HEADER.size : _HEADER.size + _LOOKS], *looks), data[_FIXED - SCENE_BYTES : _FIXED]
    if not np.isfinite(numbers).all() or (followed and not _is_possible(box)):
        raise StaleState("impossible numbers")
    return Memory(Track(box, since, lost, known, scene, (tall, wide)) if followed else None, numbers)


def fresh(count: int) -> Memory:
    """Before the first frame."""
    return Memory(None, np.zeros(count, np.float32))


def _known(looks: bytes, count: int, met: int, doubts: int, *flags: int) -> Known | None:
    if count == 0:
        return None
    if count > MOST_LOOKS or met == 0 or doubts > DOUBTS:
        raise StaleState("impossible numbers")
    parts = tuple(looks[at * KEPT : (at + 1) * KEPT] for at in range(count))
    return Known(parts, met, doubts, *map(bool, flags))


def _is_possible(box: Box) -> bool:
    numbers = np.array([box.left, box.top, box.width, box.height])
    return bool(np.isfinite(numbers).all() and (abs(numbers) < _LARGEST).all() and min(box.width, box.height) >= 1)
