"""Wakes a worker up by task name; importing the task would import torch into the web process."""

import logging
from concurrent.futures import ThreadPoolExecutor

from celery import current_app
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

TASK = "sessions.read_frames"
QUEUE = "frames"
_EXPIRES_S = 10
_caller = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sessions-wake")


def wake_soon() -> None:
    """Send a wake-up from a thread of its own: publishing blocks for milliseconds, or for long when Valkey is away."""
    _caller.submit(wake)


def wake() -> bool:
    """Send a wake-up now. False when it can't be sent; the lease lapses and the next frame tries again."""
    try:
        current_app.send_task(TASK, queue=QUEUE, expires=_EXPIRES_S, ignore_result=True, retry=False)
    except (OperationalError, RedisError, OSError):
        logger.warning("no wake-up could be sent to the frames worker")
        return False
    return True
