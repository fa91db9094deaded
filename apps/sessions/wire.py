"""The web process's side of Valkey: frames out, answers in. When Valkey is away it says so at once, and goes on.

One process has one wire, and one channel on which every worker answers it; a plain PUBLISH costs a fortieth of a group
message. Nothing on the wire may be missed for good: what must not be lost is in the log.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import redis.asyncio as valkey
from redis.exceptions import RedisError

from apps.sessions import mailbox

logger = logging.getLogger(__name__)

TIMEOUT_S = 0.5
REST_S = 1.0
"""How long a Valkey that failed is left alone, so that no frame waits for another timeout."""

_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class Away(Exception):
    """Valkey can't be reached now. Go on without; it is asked again a second later."""


class Wire:
    """Frames out and answers in, for one event loop."""

    def __init__(self, url: str) -> None:
        self.channel = f"attune:web:{uuid4()}"
        self._url = url
        self._client = valkey.Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S)
        self._rest_until = 0.0

    @property
    def is_away(self) -> bool:
        return time.monotonic() < self._rest_until

    async def post(self, session_id: UUID, sealed: bytes) -> bool:
        """Put a frame into its mailbox in place of an older one. True when a worker has to be woken up.

        Raises:
            Away: nothing was put there, or nobody knows.
        """
        async with self._reaching(), self._client.pipeline(transaction=True) as pipe:
            pipe.set(mailbox.frame_key(session_id), sealed, px=mailbox.FRAME_MS)
            pipe.zadd(mailbox.WAITING, {str(session_id): time.time()}, nx=True)
            pipe.set(mailbox.AWAKE, "called", nx=True, px=mailbox.AWAKE_MS)
            _, _, nobody_awake = await pipe.execute()
        return bool(nobody_awake)

    async def weights(self) -> str | None:
        """What the workers read with, if any ever said so."""
        async with self._reaching():
            label = await self._client.get(mailbox.WEIGHTS)
        return label.decode() if isinstance(label, bytes) else label

    async def claim(self, session_id: UUID, token: str) -> bytes | None:
        """Say that this socket holds the session. Gives who held it before, if another did."""
        async with self._reaching():
            before = await self._client.set(
                mailbox.live_key(session_id), self._holder(token), px=mailbox.LIVE_MS, get=True
            )
        return before if isinstance(before, bytes) and before != self._holder(token).encode() else None

    async def displace(self, session_id: UUID, holder: bytes) -> None:
        """Tell another holder that the session was opened here."""
        channel, _, token = holder.decode().rpartition("|")
        async with self._reaching():
            await self._client.publish(channel, mailbox.address(mailbox.DISPLACED, session_id, token.encode()))

    async def renew(self, session_id: UUID, token: str) -> bool:
        """Go on holding the session; False when another socket holds it now."""
        key, holder = mailbox.live_key(session_id), self._holder(token)
        async with self._reaching():
            current = await self._client.get(key)
            if current is not None and current != holder.encode():
                return False
            await self._client.set(key, holder, px=mailbox.LIVE_MS)
        return True

    async def release(self, session_id: UUID, token: str) -> None:
        """Stop holding the session, unless another socket holds it by now."""
        async with self._reaching():
            await self._client.eval(_RELEASE, 1, mailbox.live_key(session_id), self._holder(token))

    async def answers(self) -> AsyncIterator[bytes]:
        """What workers publish for this process; ends when the connection is lost."""
        listener = valkey.Redis.from_url(self._url, socket_connect_timeout=TIMEOUT_S, socket_timeout=None)
        try:
            async with listener.pubsub(ignore_subscribe_messages=True) as pubsub:
                await pubsub.subscribe(self.channel)
                async for message in pubsub.listen():
                    yield message["data"]
        finally:
            await listener.aclose()

    async def close(self) -> None:
        await self._client.aclose()

    def _holder(self, token: str) -> str:
        return f"{self.channel}|{token}"

    def _reaching(self) -> "_Reaching":
        return _Reaching(self)

    def rest(self) -> None:
        """Leave Valkey alone for a moment."""
        if not self.is_away:
            logger.warning("valkey is away; sessions go on without readings")
        self._rest_until = time.monotonic() + REST_S


class _Reaching:
    """Turns every way in which Valkey can fail into Away, and rests afterwards."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def __aenter__(self) -> None:
        if self._wire.is_away:
            raise Away

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if isinstance(error, RedisError | OSError | asyncio.TimeoutError):
            self._wire.rest()
            raise Away from error
