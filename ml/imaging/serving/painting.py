"""Sees a batch through: what a painter spoils by dying is painted once more, one by one, by the next painter."""

import logging
import time
from collections.abc import Sequence
from itertools import count
from threading import RLock

from ml.imaging.serving.limits import limits_of
from ml.imaging.serving.messages import Cancel, Failed, Paint, Painted, Ready, Step
from ml.imaging.serving.place import LATE, Place
from ml.imaging.serving.process import PainterProcess, PainterUnable, PaintingFailed
from ml.imaging.serving.rest import Rest

_LOG = logging.getLogger(__name__)


class Painting:
    """One painter, started when it is needed. `answer` and `ready` by one thread at a time."""

    def __init__(self, process: PainterProcess) -> None:
        self.painter: Ready | None = None
        self.rest = Rest()
        self.starts = self.batches = 0
        self._process = process
        self._limits = limits_of(process.recipe.device)
        self._numbers = count(1)
        self._current: tuple[int, Sequence[Place]] | None = None
        self._starting = RLock()
        self._closed = False

    @property
    def budget(self) -> int:
        """Bytes that the pictures of a batch may take together; before the first start, nothing is known."""
        return int(self.painter.free * self._limits.share) if self.painter else 0

    @property
    def picture(self) -> int:
        """Bytes that one more picture takes."""
        return self.painter.picture if self.painter else 0

    def ready(self) -> Ready:
        """The painter, started if there is none. Raises PainterUnable: it does not load, or is left alone for now."""
        with self._starting:
            if self._closed:
                raise PainterUnable("ServiceClosed")
            if self.painter is None:
                if self.rest.holds(time.monotonic()):
                    raise PainterUnable(self.rest.code)
                self.painter = self._start()
            return self.painter

    def answer(self, batch: Sequence[Place]) -> None:
        """Paint for those who wait and tell each what became of it. Never raises."""
        try:
            self._see_through(batch)
        except Exception as error:  # noqa: BLE001 -- a fault of ours must not leave anybody waiting for ever
            _LOG.warning("painting %d broke: %s", len(batch), type(error).__name__)
            self._drop()
            _tell(batch, PaintingFailed(type(error).__name__))

    def _see_through(self, batch: Sequence[Place]) -> None:
        try:
            self._paint(batch)
        except PainterUnable as unable:
            _tell(batch, unable)
        except PaintingFailed as failed:
            _LOG.warning("painting %d failed: %s; once more, one by one", len(batch), failed.code)
            for place in batch:
                self._once_more(place)

    def forget_cancelled(self) -> None:
        """Stop painting what nobody waits for any more."""
        current = self._current
        if current is not None and all(place.cancelled for place in current[1]):
            try:
                self._process.send(Cancel(current[0]))
            except PaintingFailed:
                return  # it has stopped, then

    def close(self) -> None:
        """End the painter."""
        self._closed = True
        self._process.close()

    def _once_more(self, place: Place) -> None:
        if place.cancelled:
            return
        if time.monotonic() > place.begin_by:
            _tell([place], PaintingFailed(LATE))
            return
        place.tell((0, 0))
        try:
            self._paint([place])
        except PaintingFailed as failed:
            _tell([place], failed)

    def _start(self) -> Ready:
        self.starts += 1
        try:
            ready = self._process.start()
        except PaintingFailed as failed:
            self.rest.failed(failed.code, time.monotonic())
            raise PainterUnable(failed.code) from None
        self.rest.over()
        return ready

    def _paint(self, batch: Sequence[Place]) -> None:
        """Tell each its steps and its picture. After a failure of any kind the painter is not used again."""
        self.ready()
        number = next(self._numbers)
        self._current = number, batch
        if all(place.cancelled for place in batch):  # those who leave from here on see that it is the current one
            return
        self.batches += 1
        try:
            self._process.send(Paint(number, tuple(place.order for place in batch)))
            self._hear(number, batch)
        except PaintingFailed:
            self._drop()
            raise
        finally:
            self._current = None

    def _drop(self) -> None:
        self._process.stop()
        self.painter = None

    def _hear(self, number: int, batch: Sequence[Place]) -> None:
        while True:
            match self._process.receive(self._limits.stall_s):
                case Step(batch=told, step=step, steps=steps) if told == number:
                    _tell(batch, (step, steps))
                case Painted(batch=told, pictures=pictures) if told == number:
                    for place, drawn in zip(batch, pictures, strict=False):  # none where all had left
                        place.tell(drawn)
                    return
                case Failed(code=code):
                    raise PaintingFailed(code)


def _tell(batch: Sequence[Place], news: tuple[int, int] | PaintingFailed) -> None:
    for place in batch:
        place.tell(news)
