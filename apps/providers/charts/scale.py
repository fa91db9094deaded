"""Mapping values and moments onto a drawing. SVG's y grows downwards."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from [low, high] onto [start, end]; outside it's clipped."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        if self.high <= self.low:
            return (self.start + self.end) / 2
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def moment(self, at: datetime) -> float:
        return self.at(at.timestamp())


def text(number: float) -> str:
    """A coordinate the way SVG wants it, whatever the reader's language writes for a decimal point."""
    return f"{number:.1f}".rstrip("0").rstrip(".")
