"""Gathers a second of readings into one event. Pure: readings and times in, events out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from apps.sessions.events import EmotionsObserved
from ml.vocabulary import EMOTIONS

SECOND_MS = 1000
ABSTAINED = bytes(len(EMOTIONS))


def pack_probabilities(probabilities: Sequence[float] | None) -> bytes:
    """Seven bytes, 255 = certain; seven zeros where the reader abstained."""
    if probabilities is None:
        return ABSTAINED
    return bytes(min(255, max(0, round(255 * share))) for share in probabilities)


def unpack_probabilities(packed: bytes) -> list[tuple[float, ...] | None]:
    """One row a frame, each summing to about 1; None where the reader abstained."""
    width = len(EMOTIONS)
    rows = [packed[at : at + width] for at in range(0, len(packed), width)]
    return [None if row == ABSTAINED else tuple(value / (sum(row) or 1) for value in row) for row in rows]


@dataclass(slots=True)
class Second:
    """The readings that are not yet an event. ``opened_at`` is the moment from which the camera counts."""

    opened_at: datetime
    weights: str = ""
    first_ms: int = 0
    offsets: list[int] = field(default_factory=list)
    packed: list[bytes] = field(default_factory=list)

    def add(self, at_ms: int, probabilities: Sequence[float] | None, weights: str) -> EmotionsObserved | None:
        """Count a reading in; the event of the second before, when this one begins another."""
        full = None
        if self.offsets and not self._belongs(at_ms, weights):
            full = self.take()
        if not self.offsets:
            self.first_ms, self.weights = at_ms, weights
        self.offsets.append(at_ms - self.first_ms)
        self.packed.append(pack_probabilities(probabilities))
        return full

    def take(self) -> EmotionsObserved | None:
        """What was gathered, as an event; nothing remains. None where nothing was gathered."""
        if not self.offsets:
            return None
        observed = EmotionsObserved(
            started_at=self.opened_at + timedelta(milliseconds=self.first_ms),
            offsets_ms=tuple(self.offsets),
            probabilities=b"".join(self.packed),
            weights=self.weights,
        )
        self.offsets, self.packed = [], []
        return observed

    def _belongs(self, at_ms: int, weights: str) -> bool:
        return weights == self.weights and 0 <= at_ms - self.first_ms < SECOND_MS
