"""The sealer's process: seal → project → subscribe in one thread, wake workers in another.

One such process works; a second waits for the first to go (an advisory lock of the session). A lost database is waited
for; SIGTERM ends the round and the process.
"""

import logging
import threading
import time
from collections.abc import Callable

from django.db import connection, connections
from kombu.exceptions import OperationalError as BrokerAway

from eventstore import checkpoints, followers, publisher, rebuilding, sealer
from eventstore.following import TRANSIENT

log = logging.getLogger(__name__)
IDLE_S = 0.015
STANDBY_S = 0.5
AWAY_FIRST_S, AWAY_MOST_S = 0.1, 2.0
PUBLISH_IDLE_S = 0.05
CHECKPOINT_EVERY_S, CHECKPOINT_EVERY_EVENTS = 5.0, 1000
_LEAD = "SELECT pg_try_advisory_lock(hashtext('attune.sealer'))"


class Service:
    """`run()` until `stop()`, which is safe to call from a signal handler or another thread."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._work = threading.Event()
        self._checkpointed = (0.0, 0)

    def stop(self) -> None:
        self._stop.set()
        self._work.set()

    def run(self) -> None:
        waker = threading.Thread(target=self._persist, args=(self._publish_round,), name="publisher", daemon=True)
        waker.start()
        self._persist(self._lead)
        self._work.set()
        waker.join(timeout=10)
        connections.close_all()

    def _persist(self, work: Callable[[], None]) -> None:
        """Call `work` until told to stop; while a part is away, wait and begin again with new connections."""
        pause_s = AWAY_FIRST_S
        while not self._stop.is_set():
            try:
                work()
                pause_s = AWAY_FIRST_S
            except (*TRANSIENT, BrokerAway) as error:
                log.warning("a part is away (%s), trying again", type(error).__name__)
                self._stop.wait(pause_s)
                pause_s = min(2 * pause_s, AWAY_MOST_S)
                connections.close_all()
        connections.close_all()

    def _lead(self) -> None:
        """Wait until no other sealer works, then work until stopped."""
        while not self._stop.is_set() and not _takes_the_lead():
            self._stop.wait(STANDBY_S)
        resumed = followers.resume_stopped()
        if resumed:
            log.info("trying again: %s", ", ".join(resumed))
        rebuilding.rebuild_outdated()
        while not self._stop.is_set():
            self._round()

    def _round(self) -> None:
        done = sealer.run_once()
        if done.followed:
            self._work.set()
        self._checkpoint_when_due(done.last_position)
        if not done:
            self._stop.wait(IDLE_S)

    def _checkpoint_when_due(self, last_position: int) -> None:
        at, size = self._checkpointed
        grown, waited_s = last_position - size, time.monotonic() - at
        if grown >= CHECKPOINT_EVERY_EVENTS or (grown and waited_s >= CHECKPOINT_EVERY_S):
            self._checkpointed = (time.monotonic(), checkpoints.record())

    def _publish_round(self) -> None:
        if not publisher.publish_due():
            self._work.wait(PUBLISH_IDLE_S)
            self._work.clear()


def _takes_the_lead() -> bool:
    """The lock belongs to the session: a connection that breaks gives it up, and the next round starts here anew.

    Raises:
        OperationalError, InterfaceError: the database is away.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LEAD)
        return bool(cursor.fetchone()[0])
