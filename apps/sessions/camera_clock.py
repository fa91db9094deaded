"""A client's camera clock, kept near ours. Pure but for the time it is given."""

import time
from collections.abc import Callable

TOLERANCE_MS = 5000


class CameraClock:
    """The camera's milliseconds since the session opened, kept near ours.

    A client whose clock is minutes off would put its readings where nothing else happened; the spacing is the camera's,
    the beginning ours.
    """

    def __init__(self, opened: float, now: Callable[[], float] = time.time) -> None:
        self._opened, self._now = opened, now
        self._shift: int | None = None
        self._last = 0

    def corrected(self, at_ms: int) -> int:
        ours = int((self._now() - self._opened) * 1000)
        if self._shift is None or abs(at_ms + self._shift - ours) > TOLERANCE_MS:
            self._shift = 0 if abs(at_ms - ours) <= TOLERANCE_MS else ours - at_ms
        self._last = max(self._last, at_ms + self._shift)
        return self._last
