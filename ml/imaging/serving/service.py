"""Paints for many at once: a thread gathers orders into batches and sees each through, whatever the painter does."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from threading import Condition, Thread

from ml.imaging.order import Drawn, OnStep, Order
from ml.imaging.serving.batcher import MicroBatcher, Ticket
from ml.imaging.serving.limits import limits_of
from ml.imaging.serving.messages import Ready
from ml.imaging.serving.painting import Painting
from ml.imaging.serving.place import LATE, Place
from ml.imaging.serving.process import PainterProcess, PaintingFailed


@dataclass(slots=True, eq=False)
class Coming:
    """An order on its way. Times are those of `time.monotonic`.

    Attributes:
        since: when its request was taken up; it has waited for company since then.
        begin_by: after this, painting is not begun.
    """

    since: float
    begin_by: float = math.inf
    announced: bool = True


@dataclass(frozen=True, slots=True)
class Health:
    """How the service stands: who paints, how often it was started, who waits."""

    painter: Ready | None
    starts: int
    batches: int
    waiting: int
    resting: str


class PaintingService:
    """`draw` may be called by any thread; pictures of orders that come together are painted together."""

    def __init__(self, process: PainterProcess) -> None:
        self._painting = Painting(process)
        self._batcher = MicroBatcher(limits_of(process.recipe.device), budget=0)
        self._profile = process.recipe.profile
        self._places: dict[int, Place] = {}
        self._numbers = count(1)
        self._changed = Condition()
        self._closed = False
        self._thread: Thread | None = None

    def start(self) -> str:
        """Start the painter before anybody asks. Gives its weights' name; raises PaintingFailed."""
        with self._changed:
            self._run()
        return self._painting.ready().model

    def draw(self, order: Order, *, coming: Coming | None = None, on_step: OnStep | None = None) -> Drawn:
        """Wait for the order's picture.

        Args:
            coming: its announcement, if it was announced.
            on_step: called in this thread with (steps done, steps in all), (0, 0) before the first, again now and then
                while nothing changes; what it raises takes the order back.

        Raises:
            PaintingFailed: no picture: too late, or the painter failed twice.
        """
        place = self._enter(order, coming or Coming(time.monotonic(), announced=False))
        try:
            return place.wait(on_step)
        finally:
            self._leave(place)

    def announce(self, begin_by: float = math.inf) -> Coming:
        """An order is on its way: until it comes or is withdrawn, those that wait are a little more patient."""
        with self._changed:
            self._batcher.announced += 1
        return Coming(time.monotonic(), begin_by)

    def withdraw(self, coming: Coming) -> None:
        """It will not come, or no more than it did."""
        with self._changed:
            self._arrived(coming)

    @property
    def others_wait(self) -> bool:
        """Whether an order waits or is on its way: for who could paint once more only to choose."""
        with self._changed:
            return len(self._batcher) + self._batcher.announced > 0

    def health(self) -> Health:
        """How it stands."""
        painting = self._painting
        return Health(painting.painter, painting.starts, painting.batches, len(self._batcher), painting.rest.code)

    def close(self) -> None:
        """End the painter; who still waits is told that there is no picture."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._painting.close()
        if self._thread is not None:
            self._thread.join()

    def _enter(self, order: Order, coming: Coming) -> Place:
        with self._changed:
            if self._closed:
                raise PaintingFailed("ServiceClosed")
            place = Place(next(self._numbers), order, coming.begin_by)
            self._places[place.number] = place
            key = (self._profile, *order.manner)
            self._batcher.add(Ticket(place.number, key, coming.since, coming.begin_by, self._painting.picture))
            self._run()
            self._arrived(coming)
        return place

    def _leave(self, place: Place) -> None:
        with self._changed:
            place.cancelled = True
            self._places.pop(place.number, None)
            self._batcher.cancel(place.number)
        self._painting.forget_cancelled()

    def _arrived(self, coming: Coming) -> None:
        self._batcher.announced -= coming.announced
        coming.announced = False
        self._changed.notify_all()

    def _run(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._serve, name="painting", daemon=True)
            self._thread.start()

    def _serve(self) -> None:
        while batch := self._next():
            self._painting.answer(batch)
        with self._changed:
            for place in self._places.values():
                place.tell(PaintingFailed("ServiceClosed"))

    def _next(self) -> Sequence[Place]:
        """The next batch; empty once closed."""
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                self._batcher.budget = self._painting.budget
                taken = self._batcher.take(now)
                for ticket in taken.lapsed:
                    self._places[ticket.number].tell(PaintingFailed(LATE))
                if taken.batch:
                    return [self._places[ticket.number] for ticket in taken.batch]
                wakes_at = self._batcher.wakes_at()
                self._changed.wait(None if wakes_at is None else max(0.0, wakes_at - now))
        return []
