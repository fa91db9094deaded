"""The frame mailboxes in Valkey: their names, and what is sealed into them. Nothing here is kept, or readable at rest.

One mailbox a session; a newer frame takes the older one's place. A session whose mailbox holds a frame waits in one
sorted set, by when it began to wait, so that nobody is passed over. Whoever drains the set holds a lease; a wake-up is
sent only when nobody does.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

import msgpack

from vault import transit

FRAME_MS: Final = 2000  # after which a frame that nobody read is gone
TRACK_MS: Final = 60_000  # how long a reader's memory of a face outlives the last frame
AWAKE_MS: Final = 2000  # the drainer's lease; also for how long one wake-up is waited for
LIVE_MS: Final = 30_000  # which web process holds a session's socket, renewed while it does

WAITING: Final = "attune:frames:waiting"
AWAKE: Final = "attune:frames:awake"
WEIGHTS: Final = "attune:frames:weights"
"""What the workers read with; says nothing about anybody."""

READING, TOLD, DISPLACED = b"r", b"t", b"d"
_ID_BYTES = 16


def frame_key(session_id: UUID) -> str:
    return f"attune:frames:frame:{session_id}"


def track_key(session_id: UUID) -> str:
    return f"attune:frames:track:{session_id}"


def live_key(session_id: UUID) -> str:
    return f"attune:live:{session_id}"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A frame on its way to a worker. ``reply_to`` is the channel of the web process that holds the socket."""

    sequence: int
    at_ms: int
    jpeg: bytes
    reply_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A frame's answer on its way back.

    ``box`` is x, y, width, height in the frame's pixels. ``probabilities`` of this frame alone and ``smoothed`` with
    the session's history are seven each, in EMOTIONS order; all are None where no face was read. ``reason`` says why
    the reader abstained. ``ms_a_frame`` is what the batch cost a frame and ``live`` how many sessions the worker served
    lately: the pace follows from them.
    """

    sequence: int
    box: tuple[float, ...] | None
    emotion: str
    confidence: float
    probabilities: tuple[float, ...] | None
    smoothed: tuple[float, ...] | None
    reason: str | None
    weights: str
    ms_a_frame: float
    live: int


def seal_parcel(session_id: UUID, parcel: Parcel) -> bytes:
    return _seal(asdict(parcel), "frame", session_id)


def open_parcel(session_id: UUID, sealed: bytes) -> Parcel:
    """The frame. Raises what ``transit.open`` raises when it is too old, of another session, or altered."""
    return Parcel(**_open(sealed, "frame", session_id))


def seal_reading(session_id: UUID, reading: Reading) -> bytes:
    return _seal(asdict(reading), "reading", session_id)


def open_reading(session_id: UUID, sealed: bytes) -> Reading:
    fields = _open(sealed, "reading", session_id)
    for name in ("box", "probabilities", "smoothed"):
        fields[name] = None if fields[name] is None else tuple(fields[name])
    return Reading(**fields)


def seal_told(session_id: UUID, body: dict[str, Any]) -> bytes:
    return _seal(body, "told", session_id)


def open_told(session_id: UUID, sealed: bytes) -> dict[str, Any]:
    return _open(sealed, "told", session_id)


def seal_track(session_id: UUID, state: bytes) -> bytes:
    return transit.seal(state, context=f"track:{session_id}")


def open_track(session_id: UUID, sealed: bytes) -> bytes:
    return transit.open(sealed, context=f"track:{session_id}", max_age_s=TRACK_MS / 1000)


def address(kind: bytes, session_id: UUID, content: bytes = b"") -> bytes:
    """What is published to a web process: one byte of kind, the session, and what is sealed for it."""
    return kind + session_id.bytes + content


def deliver(published: bytes) -> tuple[bytes, UUID, bytes]:
    """The parts of what ``address`` put together."""
    return published[:1], UUID(bytes=published[1 : 1 + _ID_BYTES]), published[1 + _ID_BYTES :]


def _seal(fields: dict[str, Any], kind: str, session_id: UUID) -> bytes:
    return transit.seal(msgpack.packb(fields), context=f"{kind}:{session_id}")


def _open(sealed: bytes, kind: str, session_id: UUID) -> dict[str, Any]:
    opened = transit.open(sealed, context=f"{kind}:{session_id}", max_age_s=FRAME_MS / 1000)
    fields: dict[str, Any] = msgpack.unpackb(opened)
    return fields
