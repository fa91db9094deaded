"""Leaves an endpoint alone for a while after failures in a row."""

from dataclasses import dataclass, field
from threading import Lock
from typing import Final

IN_A_ROW: Final = 3
"""Failures after which the endpoint is left alone …"""
REST_S: Final = 60.0
"""… for so long; then one request tries it again."""


@dataclass
class Breaker:
    """Counts failures in a row, and says whether the endpoint may be asked now. Safe for threads."""

    failures: int = 0
    closed_until: float = 0.0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def may_ask(self, now: float) -> bool:
        """Whether to ask. After a rest it is yes for one caller; the others rest on until that one knows."""
        with self._lock:
            if self.failures < IN_A_ROW:
                return True
            if now < self.closed_until:
                return False
            self.closed_until = now + REST_S  # whoever tries and never comes back keeps nobody out for longer
            return True

    def succeeded(self) -> None:
        with self._lock:
            self.failures = 0

    def failed(self, now: float) -> None:
        with self._lock:
            self.failures += 1
            if self.failures >= IN_A_ROW:
                self.closed_until = now + REST_S
