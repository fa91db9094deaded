"""The sealer's process: seal → project → subscribe in one thread, wake workers in another.

One such process works; a second waits for the first to go (an advisory lock of the session; should two ever work, the
seal's own lock and the checkpoints' rows keep them apart). A lost database is waited for; SIGTERM ends the round and
the process. An idle round is a single query.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from django.db import DatabaseError, InterfaceError, connection, connections
from kombu.exceptions import OperationalError as BrokerAway

from eventstore import checkpoints, followers, jobs, publisher, rebuilding, sealer
from eventstore.following import TRANSIENT

log = logging.getLogger(__name__)
IDLE_S = 0.015
STANDBY_S = 0.5
AWAY_FIRST_S, AWAY_MOST_S = 0.1, 2.0
# Jobs of subscriptions are published at once; this is how long one that a command enqueued may wait.
PUBLISH_IDLE_S = 0.2
LOOK_AROUND_S = 1.0
CHECKPOINT_EVERY_S, CHECKPOINT_EVERY_EVENTS = 5.0, 1000
_LEAD = "SELECT pg_try_advisory_lock(hashtext('attune.sealer'))"
_GIVE_UP = "SELECT pg_advisory_unlock(hashtext('attune.sealer'))"


class Service:
    """`run()` until `stop()`, which is safe to call from a signal handler or another thread."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._work = threading.Event()
        self._checkpointed = (0.0, 0)
        self._followed = (0.0, -1)
        self._buried = 0.0
        self._failure: BaseException | None = None

    def stop(self) -> None:
        self._stop.set()
        self._work.set()

    def run(self) -> None:
        """Raises what ended the service, if anything but `stop` did."""
        waker = threading.Thread(target=self._publish, name="publisher", daemon=True)
        waker.start()
        try:
            self._persist(self._lead)
        finally:
            self.stop()
            waker.join(timeout=10)
        if self._failure:
            raise self._failure

    def _publish(self) -> None:
        """A thread's failure is the process's: half a service would look alive."""
        try:
            self._persist(self._publish_round)
        except Exception as error:  # noqa: BLE001  (raised again by `run`)
            self._failure = error
            self.stop()

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
        while not self._stop.is_set() and not _took_the_lead():
            self._stop.wait(STANDBY_S)
        try:
            self._begin()
            while not self._stop.is_set():
                self._round()
        finally:
            _give_up_the_lead()

    def _begin(self) -> None:
        resumed = followers.resume_stopped()
        if resumed:
            log.info("trying again: %s", ", ".join(resumed))
        rebuilding.drop_left_over()
        rebuilding.rebuild_outdated()

    def _round(self) -> None:
        """Followers are looked at when the log has grown, while one has work, and now and then anyway."""
        sealed, last_position = sealer.seal()
        at, position = self._followed
        followed = 0
        if position != last_position or time.monotonic() - at >= LOOK_AROUND_S:
            followed = sealer.follow(last_position)
            self._followed = (time.monotonic(), -1 if followed else last_position)
        if followed:
            self._work.set()
        self._checkpoint_when_due(last_position)
        if sealed <= 0 and not followed:
            self._stop.wait(IDLE_S)

    def _checkpoint_when_due(self, last_position: int) -> None:
        at, size = self._checkpointed
        grown, waited_s = last_position - size, time.monotonic() - at
        if grown >= CHECKPOINT_EVERY_EVENTS or (grown and waited_s >= CHECKPOINT_EVERY_S):
            self._checkpointed = (time.monotonic(), checkpoints.record())

    def _publish_round(self) -> None:
        if time.monotonic() - self._buried >= LOOK_AROUND_S:
            jobs.bury_the_exhausted()
            self._buried = time.monotonic()
        if not publisher.publish_due():
            self._work.wait(PUBLISH_IDLE_S)
            self._work.clear()


def _took_the_lead() -> bool:
    """Raises OperationalError, InterfaceError: the database is away."""
    with connection.cursor() as cursor:
        cursor.execute(_LEAD)
        return bool(cursor.fetchone()[0])


def _give_up_the_lead() -> None:
    """Said aloud, since a pooled connection outlives its use; a broken one has given up the lock by breaking."""
    with suppress(DatabaseError, InterfaceError), connection.cursor() as cursor:
        cursor.execute(_GIVE_UP)
