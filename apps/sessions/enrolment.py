"""The patient says "it is me": whoever sits before the camera at the next frame is taken for the session's own face.

The readers' memory of a face travels from frame to frame, and a frame may be under way while the patient speaks. So the
memory is not deleted, which that frame would undo, but a note is left for the next one to be taken up.
"""

import logging
from functools import cache
from typing import Final
from uuid import UUID

import redis
from django.conf import settings

from apps.sessions.mailbox import TRACK_MS

logger = logging.getLogger(__name__)

_TIMEOUT_S: Final = 0.5
_NOTE: Final = b"afresh"


def afresh_key(session_id: UUID) -> str:
    """Says nothing of anybody, and expires with the memory that it sets aside."""
    return f"attune:frames:afresh:{session_id}"


def enrol_anew(session_id: UUID) -> None:
    """Begin with whoever is there. Never raises: without Valkey no frame is read, and the memory expires."""
    try:
        _valkey().set(afresh_key(session_id), _NOTE, px=TRACK_MS)
    except (redis.RedisError, OSError) as error:
        logger.info("a face was not enrolled anew: %s", type(error).__name__)


@cache
def _valkey() -> "redis.Redis":
    return redis.Redis.from_url(settings.ATTUNE_REDIS_URL, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S)
