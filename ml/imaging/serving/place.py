"""An order's place in the service: what the thread that waits for its picture hears, and whether it still waits."""

from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Final, TypeAlias

from ml.imaging.order import Drawn, OnStep, Order
from ml.imaging.serving.process import PaintingFailed

LOOK_S: Final = 1.0
"""While nothing is heard, so often the one who waits may say that nobody does any more."""

LATE: Final = "late"

News: TypeAlias = tuple[int, int] | Drawn | PaintingFailed


@dataclass(slots=True, eq=False)
class Place:
    """Told by the service's thread, waited at by another."""

    number: int
    order: Order
    begin_by: float
    cancelled: bool = False
    _last: tuple[int, int] = (0, 0)
    _news: "SimpleQueue[News]" = field(default_factory=SimpleQueue)

    def tell(self, news: News) -> None:
        """Steps done of steps in all, a picture, or that there is none."""
        self._news.put(news)

    def wait(self, on_step: OnStep | None) -> Drawn:
        """Wait for the picture, passing on the steps, and the last of them again now and then while nothing is heard.

        Raises:
            PaintingFailed: there is none.
            Exception: as `on_step` raises.
        """
        while True:
            news = self._next()
            if isinstance(news, Drawn):
                return news
            if isinstance(news, PaintingFailed):
                raise news
            self._last = news
            if on_step is not None:
                on_step(*news)

    def _next(self) -> News:
        try:
            return self._news.get(timeout=LOOK_S)
        except Empty:
            return self._last
