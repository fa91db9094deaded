"""The frames worker: loads the emotion reader once, drains the mailboxes. Never imports diffusers or transformers."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import redis
from celery import shared_task
from celery.exceptions import WorkerShutdown
from celery.signals import worker_init
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from access.context import asking
from apps.sessions import commands, mailbox
from apps.sessions.drain import Read, Tally, Waiting, drain
from apps.sessions.faults import named
from apps.sessions.models import SessionRow
from apps.sessions.wake import TASK, wake
from eventstore.actor import Actor
from vault.errors import KeyUnavailable

if TYPE_CHECKING:
    from ml.emotion.reader import EmotionReader, Frame, Reading

logger = logging.getLogger(__name__)

CLOCK = Actor.system("sessions.clock")
_TIMEOUT_S = 5


@cache
def _reader() -> "EmotionReader":
    """The networks, loaded once a process: seconds, so a worker loads them before the first frame comes."""
    import torch

    from ml.emotion.reader import EmotionReader

    torch.set_num_threads(1)
    folder = settings.ATTUNE_EMOTION_FOLDER
    return EmotionReader.load(Path(folder) if folder else None, device=settings.ATTUNE_FRAMES_DEVICE)


@cache
def _tally() -> Tally:
    return Tally()


@cache
def _valkey() -> "redis.Redis":
    return redis.Redis.from_url(settings.ATTUNE_REDIS_URL, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S)


@shared_task(name=TASK)
def read_frames() -> None:
    """Read all waiting frames of all sessions, until none waits.

    Raises:
        WorkerShutdown: the device failed for good, for this process; a new one may read.
    """
    from torch import AcceleratorError

    reader = _reader()
    try:
        more = drain(_valkey(), lambda waiting: _read(reader, waiting), reader.weights, _tally())
    except redis.RedisError as error:
        logger.warning("reading stopped: %s", type(error).__name__)
        return
    except AcceleratorError as failed:
        logger.error("reading ends, the device failed: %s", named(failed))  # noqa: TRY400
        # Celery takes a plain SystemExit for the task's failure and goes on, each reading failing as this one did.
        raise WorkerShutdown(1) from failed
    if more:
        wake()


@worker_init.connect
def _warm_up(**_: Any) -> None:
    """Load the networks, and run them once, before the worker says that it is ready; without them it ends.

    Celery swallows what a handler raises, and would serve without networks; so this ends the process itself.
    """
    if settings.ATTUNE_PROCESS != "frames":
        return
    try:
        reader = _reader()
        reader.warm_up()
    except Exception as refused:
        raise SystemExit(f"{type(refused).__name__}: {refused}") from refused
    with suppress(redis.RedisError):
        _valkey().set(mailbox.WEIGHTS, reader.weights)
    logger.info("reading with %s", reader.weights)


@shared_task(name="sessions.close_abandoned")
def close_abandoned() -> int:
    """End sessions that nobody ended within the longest a session may last, the newest first. How many. One that fails
    keeps no other open.
    """
    now = timezone.now()
    longest = timedelta(hours=settings.ATTUNE_SESSION_MOST_HOURS)
    left = SessionRow.objects.filter(ended_at=None, opened_at__lt=now - longest).values_list("id", flat=True)
    closed = 0
    for session_id in left.order_by("-opened_at")[:500]:
        try:
            with asking(CLOCK, route="sessions.close_abandoned"):
                closed += commands.end_if_open(session_id, reason="time_limit", at=now, actor=CLOCK, command_id=uuid4())
        except (KeyUnavailable, OperationalError, InterfaceError):
            raise
        except Exception as failure:  # noqa: BLE001 -- the next run tries it again
            logger.error("session %s could not be ended: %s", session_id, named(failure))  # noqa: TRY400
    return closed


def _read(reader: "EmotionReader", waiting: Sequence[Waiting]) -> list[Read]:
    from ml.emotion.reader import Frame

    return [
        Read(
            box=reading.box,
            emotion=reading.emotion,
            confidence=reading.confidence,
            probabilities=reading.probabilities,
            smoothed=reading.smoothed,
            reason=reading.reason,
            memory=reading.state,
        )
        for reading in _readings(reader, [Frame(one.parcel.jpeg, one.memory) for one in waiting])
    ]


def _readings(reader: "EmotionReader", frames: Sequence["Frame"]) -> list["Reading"]:
    """A reading of each frame; one that makes reading fail is answered as unreadable, and costs nobody else theirs.

    Raises:
        AcceleratorError: the device failed, and fails this process for good.
    """
    from torch import AcceleratorError

    from ml.engine.memory import in_parts

    try:
        return in_parts(reader.read, frames, reader.unread)
    except AcceleratorError:
        raise
    except Exception as failure:  # noqa: BLE001 -- named without its words; nobody else's frame is lost by it
        logger.error("%d frames at once could not be read: %s", len(frames), named(failure))  # noqa: TRY400
    if len(frames) == 1:
        return [reader.unread(frames[0], "unreadable")]
    return [reading for frame in frames for reading in _readings(reader, [frame])]
