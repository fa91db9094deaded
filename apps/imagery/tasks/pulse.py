"""Says every few seconds how this worker's painter stands, whatever it is doing."""

import os
import socket
import threading
from typing import Final

from apps.imagery import vitals
from apps.imagery.tasks import painting

EVERY_S: Final = 5.0


def begin(every_s: float = EVERY_S) -> threading.Event:
    """Say it from now on, in a thread of its own, until the event that is returned is set."""
    stopped = threading.Event()
    threading.Thread(target=_beat, args=(stopped, every_s), name="pulse", daemon=True).start()
    return stopped


def now() -> vitals.Vitals:
    """How the painter stands; where there can be none, why."""
    worker = f"{socket.gethostname()}:{os.getpid()}"
    try:
        health = painting.service().health()
    except painting.PainterFailed as failed:
        return vitals.Vitals(worker, model="", starts=0, batches=0, waiting=0, resting=failed.code)
    return vitals.Vitals(
        worker=worker,
        model=health.painter.model if health.painter else "",
        starts=health.starts,
        batches=health.batches,
        waiting=health.waiting,
        resting=health.resting,
    )


def _beat(stopped: threading.Event, every_s: float) -> None:
    while not stopped.is_set():
        vitals.report(now())
        stopped.wait(every_s)
