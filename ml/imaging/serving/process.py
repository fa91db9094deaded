"""The worker's end of a painter in a process of its own: start it, talk to it, notice that it died."""

import logging
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Final

from ml.imaging.serving.messages import FromPainter, Ready, Recipe, ToPainter, Unable
from ml.imaging.serving.starting import patience_s

_LOG = logging.getLogger(__name__)
_ROOT: Final = Path(__file__).parents[3]
END_S: Final = 2.0


class PaintingFailed(Exception):
    """No picture; `code` says why, without content."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PainterUnable(PaintingFailed):
    """The painter does not even load. Trying again at once won't help."""


class PainterProcess:
    """At most one painter, forked from a nursery that lives on when a painter dies. `send` may be called by any thread.

    Args:
        environment: what the process may see; it needs no secret of the worker's.
    """

    def __init__(self, recipe: Recipe, environment: Mapping[str, str]) -> None:
        self.recipe = recipe
        self._environment = {**environment, "PYTHONPATH": str(_ROOT)}
        self._nursery: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._connection: Connection | None = None
        self._sending = Lock()

    def start(self) -> Ready:
        """Start a painter in place of any other, and wait until it is warm.

        Raises:
            PainterUnable: it does not load.
            PaintingFailed: it died before it had loaded.
        """
        self.stop()
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._nursery_control(), [b"p"], [theirs.fileno()])
        self._connection = Connection(ours.detach())
        self.send(self.recipe)
        answer = self.receive(patience_s(self.recipe))
        if isinstance(answer, Ready):
            _LOG.info("painter %s in process %d", answer.model, answer.pid)
            return answer
        self.stop()
        raise PainterUnable(answer.code if isinstance(answer, Unable) else "PainterSpeaksOtherwise")

    @property
    def nursery(self) -> int | None:
        """The nursery's process id, if there is one."""
        return None if self._nursery is None else self._nursery.pid

    def send(self, message: ToPainter) -> None:
        """Raises PaintingFailed: it is dead."""
        try:
            with self._sending:
                self._living().send(message)
        except OSError:
            raise PaintingFailed("PainterDied") from None

    def receive(self, timeout_s: float) -> FromPainter:
        """The next message. Raises PaintingFailed: it died, or said nothing for so long."""
        connection = self._living()
        try:
            if not connection.poll(timeout_s):
                raise PaintingFailed("PainterStalled")
            message: FromPainter = connection.recv()
        except (EOFError, OSError):
            raise PaintingFailed("PainterDied") from None
        return message

    def stop(self) -> None:
        """End the painter, which sees its connection close; what does not see it is killed by the next start."""
        connection, self._connection = self._connection, None
        if connection is not None:
            _hang_up(connection)

    def close(self) -> None:
        """End painter and nursery."""
        self.stop()
        if self._control is not None:
            self._control.close()
        if self._nursery is not None:
            _end(self._nursery)
        self._control = self._nursery = None

    def _living(self) -> Connection:
        if self._connection is None:
            raise PaintingFailed("PainterDied")
        return self._connection

    def _nursery_control(self) -> socket.socket:
        if self._control is not None and self._nursery is not None and self._nursery.poll() is None:
            return self._control
        self.close()
        self._control, theirs = socket.socketpair()
        command = [sys.executable, "-m", "ml.imaging.serving.nursery", str(theirs.fileno())]
        with theirs:
            self._nursery = subprocess.Popen(
                command, cwd=os.sep, env=self._environment, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()]
            )
        return self._control


def _hang_up(connection: Connection) -> None:
    """Both ends see it, a thread that waits for a message included; the last who holds the connection closes it."""
    with suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


def _end(nursery: "subprocess.Popen[bytes]") -> None:
    """It ends by itself when its socket is closed, unless it is still importing."""
    try:
        nursery.wait(END_S)
    except subprocess.TimeoutExpired:
        nursery.kill()
        nursery.wait()
