"""Tells a session's client something in passing, from any process: progress, never anything that must arrive."""

import logging
from functools import cache
from typing import Any
from uuid import UUID

import redis
from django.conf import settings

from apps.sessions import mailbox
from vault.errors import VaultError

logger = logging.getLogger(__name__)

_TIMEOUT_S = 0.5


def tell(session_id: UUID, body: dict[str, Any]) -> None:
    """Send ``body`` to whoever holds the session's socket now, sealed on the way. Never raises; what can't be sent
    is dropped."""
    try:
        holder = _valkey().get(mailbox.live_key(session_id))
        if not isinstance(holder, bytes):
            return
        channel, _, _ = holder.decode().rpartition("|")
        _valkey().publish(channel, mailbox.address(mailbox.TOLD, session_id, mailbox.seal_told(session_id, body)))
    except (redis.RedisError, OSError, VaultError) as error:
        logger.info("a hint was dropped: %s", type(error).__name__)


@cache
def _valkey() -> "redis.Redis":
    return redis.Redis.from_url(settings.ATTUNE_REDIS_URL, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S)
