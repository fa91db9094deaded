"""The worker's side of the mailboxes: takes what waits, reads it as one batch, answers, until nothing waits.

Knows nothing of networks: it is given a function that reads. Frames and faces' memories are opened here, in memory,
and sealed again before they go back to Valkey.
"""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import redis

from apps.sessions import mailbox
from apps.sessions.enrolment import afresh_key
from apps.sessions.mailbox import Parcel, Reading
from vault.errors import VaultError

logger = logging.getLogger(__name__)

MOST_BATCH: Final = 16
IDLE_S: Final = 0.2
"""How long the last frame's drainer stays awake: a session at five frames a second never waits for a wake-up."""
TURN_S: Final = 5.0
"""After which a drainer hands over to a new wake-up, so that a worker which is asked to stop can stop."""
LATELY_S: Final = 3.0
_SMOOTH: Final = 0.2

_SLEEP = """
if redis.call('ZCARD', KEYS[1]) > 0 then return 0 end
redis.call('DEL', KEYS[2])
return 1
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A session's newest frame and the memory of its face."""

    session_id: UUID
    parcel: Parcel
    memory: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What reading one frame gave; as ``mailbox.Reading``, and the memory for the session's next frame."""

    box: tuple[float, ...] | None
    emotion: str
    confidence: float
    probabilities: tuple[float, ...] | None
    smoothed: tuple[float, ...] | None
    reason: str | None
    memory: bytes


ReadBatch = Callable[[Sequence[Waiting]], Sequence[Read]]


@dataclass(slots=True)
class Tally:
    """What a drainer learnt over its life: its cost a frame, and who was live lately."""

    ms_a_frame: float = 0.0
    seen: dict[UUID, float] = field(default_factory=dict)
    read: int = 0
    stale: int = 0

    def count(self, sessions: Sequence[UUID], took_s: float, now: float) -> None:
        cost = 1000 * took_s / len(sessions)
        self.ms_a_frame = cost if not self.ms_a_frame else self.ms_a_frame + _SMOOTH * (cost - self.ms_a_frame)
        self.read += len(sessions)
        self.seen.update(dict.fromkeys(sessions, now))
        self.seen = {session: at for session, at in self.seen.items() if now - at < LATELY_S}


def drain(client: "redis.Redis", read: ReadBatch, weights: str, tally: Tally) -> bool:
    """Read what waits until nothing has waited for IDLE_S. Whether it stopped with work left, at its turn's end.

    Raises:
        RedisError: Valkey is away; what waited is stale by the time it is back.
        Exception: `read` raised it. Its batch is lost; nobody is awake, so the next frame calls for a worker.
    """
    until = time.monotonic() + TURN_S
    while time.monotonic() < until:
        client.set(mailbox.AWAKE, "awake", px=mailbox.AWAKE_MS)
        sessions = _next_sessions(client)
        if sessions:
            _read_batch(client, _collect(client, sessions, tally), read, weights, tally)
        elif client.eval(_SLEEP, 2, mailbox.WAITING, mailbox.AWAKE):
            return False
    client.delete(mailbox.AWAKE)
    return bool(client.zcard(mailbox.WAITING))


def _next_sessions(client: "redis.Redis") -> list[UUID]:
    """The sessions that have waited longest; waits IDLE_S for the first."""
    first: Any = client.bzpopmin(mailbox.WAITING, timeout=IDLE_S)
    if first is None:
        return []
    others: Any = client.zpopmin(mailbox.WAITING, MOST_BATCH - 1)
    return [UUID(name.decode()) for name in (first[1], *(name for name, _ in others))]


def _collect(client: "redis.Redis", sessions: Sequence[UUID], tally: Tally) -> list[Waiting]:
    """The frames in these mailboxes, emptied. What expired or can't be opened is counted and left out."""
    with client.pipeline(transaction=False) as pipe:
        for session_id in sessions:
            pipe.getdel(mailbox.frame_key(session_id))
            pipe.get(mailbox.track_key(session_id))
            pipe.get(afresh_key(session_id))
        found = pipe.execute()
    waiting, anew = [], []
    for session_id, sealed, memory, afresh in zip(sessions, found[::3], found[1::3], found[2::3], strict=True):
        try:
            parcel = mailbox.open_parcel(session_id, sealed) if sealed else None
        except VaultError:
            parcel = None
        if parcel is None:
            tally.stale += 1
            continue
        waiting.append(Waiting(session_id, parcel, _memory(session_id, None if afresh else memory)))
        if afresh:
            anew.append(session_id)
    _set_aside(client, anew)
    return waiting


def _set_aside(client: "redis.Redis", sessions: Sequence[UUID]) -> None:
    """Do as the notes say: the memory goes with the note, so that a reading which fails does not bring it back.

    Before the reading, so that what is said during it counts for the next frame.
    """
    if sessions:
        client.delete(*(key(one) for one in sessions for key in (afresh_key, mailbox.track_key)))


def _memory(session_id: UUID, sealed: bytes | None) -> bytes | None:
    try:
        return mailbox.open_track(session_id, sealed) if sealed else None
    except VaultError:
        return None


def _read_batch(client: "redis.Redis", waiting: Sequence[Waiting], read: ReadBatch, weights: str, tally: Tally) -> None:
    if not waiting:
        return
    began = time.monotonic()
    try:
        answers = read(waiting)
    except BaseException:
        with suppress(redis.RedisError):
            client.delete(mailbox.AWAKE)
        raise
    tally.count([one.session_id for one in waiting], time.monotonic() - began, began)
    with client.pipeline(transaction=False) as pipe:
        for one, answer in zip(waiting, answers, strict=True):
            memory = mailbox.seal_track(one.session_id, answer.memory)
            pipe.set(mailbox.track_key(one.session_id), memory, px=mailbox.TRACK_MS)
            sealed = mailbox.seal_reading(one.session_id, _reading(one, answer, weights, tally))
            pipe.publish(one.parcel.reply_to, mailbox.address(mailbox.READING, one.session_id, sealed))
        pipe.execute()


def _reading(one: Waiting, answer: Read, weights: str, tally: Tally) -> Reading:
    return Reading(
        sequence=one.parcel.sequence,
        box=answer.box,
        emotion=answer.emotion,
        confidence=answer.confidence,
        probabilities=answer.probabilities,
        smoothed=answer.smoothed,
        reason=answer.reason,
        weights=weights,
        ms_a_frame=tally.ms_a_frame,
        live=len(tally.seen),
    )
