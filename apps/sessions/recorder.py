"""Writes a live session's readings to the log, in order, off the event loop.

While the database is away it holds a few minutes of seconds and tries again; what no longer fits is counted as lost.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID, uuid5

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from access.context import asking
from apps.sessions import commands
from apps.sessions.aggregate import Session, SessionClosed
from apps.sessions.entrance import ROUTE
from apps.sessions.events import EmotionsObserved
from apps.sessions.socket import SocketContext
from apps.sessions.steady import Shift
from apps.sessions.threads import in_thread
from eventstore.errors import WrongExpectedVersion
from vault.errors import KekRefused, KeyUnavailable, SubjectErased

logger = logging.getLogger(__name__)

MOST_HELD = 300  # entries, about five minutes of seconds
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 5.0
_RETRY = (OperationalError, InterfaceError, KeyUnavailable, KekRefused, WrongExpectedVersion)
Entry = EmotionsObserved | Shift


class Recorder:
    """One session's writer. ``on_session`` hears of the session as a shift left it."""

    def __init__(self, context: SocketContext, connection_id: UUID, on_session: Callable[[Session], None]) -> None:
        self._context = context
        self._connection_id = connection_id
        self._on_session = on_session
        self._entries: deque[tuple[int, Entry]] = deque()
        self._number = 0
        self._writer: asyncio.Task[None] | None = None
        self.lost = 0

    def put(self, entry: Entry) -> None:
        """Write this after what was put before it."""
        if len(self._entries) >= MOST_HELD:
            self._entries.popleft()
            self.lost += 1
        self._number += 1
        self._entries.append((self._number, entry))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())

    async def finish(self, patience_s: float) -> None:
        """Wait until all is written, at most so long."""
        if self._writer is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._writer, patience_s)

    async def _write(self) -> None:
        wait_s = FIRST_WAIT_S
        while self._entries:
            number, entry = self._entries[0]
            try:
                session = await in_thread(self._append, uuid5(self._connection_id, str(number)), entry)
            except (SessionClosed, SubjectErased):
                self._entries.clear()
                return
            except _RETRY as error:
                logger.warning("readings wait for the store: %s", type(error).__name__)
                await asyncio.sleep(wait_s)
                wait_s = min(LONGEST_WAIT_S, 2 * wait_s)
                continue
            wait_s = FIRST_WAIT_S
            if self._entries and self._entries[0][0] == number:
                self._entries.popleft()
            if session is not None:
                self._on_session(session)

    def _append(self, command_id: UUID, entry: Entry) -> Session | None:
        context = self._context
        with asking(context.actor, route=ROUTE):
            if isinstance(entry, EmotionsObserved):
                commands.observe(
                    context.session_id,
                    entry,
                    patient_id=context.patient_id,
                    actor=context.actor,
                    command_id=command_id,
                )
                return None
            commands.note_shift(
                context.session_id,
                to=entry.to_emotion,
                intensity=entry.intensity,
                source="face",
                at=timezone.now(),
                actor=context.actor,
                command_id=command_id,
            )
            return commands.load(context.session_id)
