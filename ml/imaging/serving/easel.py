"""Inside the painter's process: loads the painter, paints one batch after the other, ends with whoever asks."""

import os
from dataclasses import replace
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread

from ml.imaging.serving import memory
from ml.imaging.serving.messages import Cancel, Failed, Paint, Painted, Ready, Recipe, Step, Unable


class _NobodyWaits(Exception):
    """The batch was cancelled."""


def paint_for(connection: "Connection") -> None:
    """Serve the other end of the connection until it is closed. Does not return."""
    recipe: Recipe = connection.recv()
    easel = Easel(connection)
    try:
        ready = easel.load(recipe)
    except Exception as error:  # noqa: BLE001 -- told by its class, since what it says may hold more
        connection.send(Unable(type(error).__name__))
        os._exit(1)
    connection.send(ready)
    while True:
        easel.paint(easel.batches.get())


class Easel:
    """A painter and those who listen. A thread reads the connection, so that a cancellation is heard while painting."""

    def __init__(self, connection: "Connection") -> None:
        self.batches: SimpleQueue[Paint] = SimpleQueue()
        self._connection = connection
        self._cancelled = 0
        Thread(target=self._listen, daemon=True).start()

    def load(self, recipe: Recipe) -> Ready:
        """Load the painter and warm it up. Raises whatever the painter's loading raises."""
        import cv2
        import torch

        from ml.imaging.painter import Painter

        torch.set_num_threads(recipe.threads)
        cv2.setNumThreads(recipe.threads)
        self._painter = Painter.load(
            recipe.profile, folder=recipe.folder, device=recipe.device, unseen=recipe.unseen,
            acceleration=recipe.acceleration, adapters=recipe.adapters,
        )  # fmt: skip
        picture = self._warm_up(recipe) if recipe.warm_up else 0
        return Ready(self._painter.model, os.getpid(), memory.free(recipe.device), picture)

    def paint(self, wanted: Paint) -> None:
        """Paint a batch and send what became of it."""

        def on_step(step: int, steps: int) -> None:
            if wanted.batch == self._cancelled:
                raise _NobodyWaits
            self._connection.send(Step(wanted.batch, step, steps))

        try:
            pictures = tuple(self._painter.draw_many(wanted.orders, on_step=on_step))
            answer: Painted | Failed = Painted(wanted.batch, pictures)
        except _NobodyWaits:
            answer = Painted(wanted.batch, ())
        except Exception as error:  # noqa: BLE001 -- whatever the model's code raises is told by its class
            answer = Failed(wanted.batch, type(error).__name__)
        self._connection.send(answer)

    def _warm_up(self, recipe: Recipe) -> int:
        """Bytes that a picture takes: the first one brings in what is kept for all, the next may find what is free."""
        assert recipe.warm_up is not None  # noqa: S101 -- asked before
        once = replace(recipe.warm_up, steps=1)
        return max(memory.measure(lambda: self._painter.draw_many([once]), recipe.device) for _ in range(2))

    def _listen(self) -> None:
        """Ends the process with the other end of the connection, whatever is being painted."""
        try:
            while True:
                message = self._connection.recv()
                if isinstance(message, Cancel):
                    self._cancelled = message.batch
                else:
                    self.batches.put(message)
        except (EOFError, OSError):
            os._exit(0)
