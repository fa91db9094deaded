"""A process that has imported what painters need and nothing else, and from which each painter is forked.

Importing torch and diffusers takes seconds; after a crash the next painter is there at once. It is started afresh
(never forked from the worker), runs no model and touches no device, so that what is forked from it may. It holds one
painter at most and ends with the worker: `python -m ml.imaging.serving.nursery DESCRIPTOR`.
"""

import os
import signal
import socket
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import NoReturn


def main(descriptor: int) -> None:
    """For each connection that comes over the socket, end the last painter and fork one that serves it."""
    # The worker decides when; a terminal's Ctrl-C and a service manager's SIGTERM reach all of its processes.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.SIG_IGN)
    # Asks the driver's library rather than the driver, which would spoil what is forked.
    os.environ.setdefault("PYTORCH_NVML_BASED_CUDA_CHECK", "1")
    import ml.imaging.painter  # noqa: F401 -- so that the forked have it

    control, painter = socket.socket(fileno=descriptor), 0
    while descriptors := _given(control):
        _end(painter)
        painter = os.fork()
        if not painter:
            _become_painter(descriptors[0], control)
        os.close(descriptors[0])
    _end(painter)
    os._exit(0)  # at once: what was imported has nothing to put away


def _given(control: socket.socket) -> list[int]:
    """The next connection's descriptor; none once the worker is gone."""
    try:
        return socket.recv_fds(control, 1, 1)[1]
    except ConnectionError:
        return []


def _become_painter(descriptor: int, control: socket.socket) -> NoReturn:
    from ml.imaging.serving.easel import paint_for

    control.close()
    try:
        paint_for(Connection(descriptor))
    finally:
        os._exit(1)  # nothing of the nursery's may run on in a painter


def _end(painter: int) -> None:
    """Kill and reap it, dead or alive."""
    if painter:
        with suppress(ProcessLookupError):
            os.kill(painter, signal.SIGKILL)
        os.waitpid(painter, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
