"""How often something was right, and between which shares the truth lies."""

import math
from dataclasses import dataclass
from typing import Final

_Z: Final = 1.959964
"""Of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    right: int
    count: int

    @property
    def value(self) -> float:
        """In [0, 1]; 0 of nothing."""
        return self.right / self.count if self.count else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval (Wilson 1927, JASA 22:209); all of [0, 1] where nothing was counted."""
        if not self.count:
            return 0.0, 1.0
        share, weight = self.value, _Z**2 / self.count
        middle = (share + weight / 2) / (1 + weight)
        reach = math.sqrt(share * (1 - share) * weight + weight**2 / 4) / (1 + weight)
        return max(0.0, middle - reach), min(1.0, middle + reach)

    @property
    def facts(self) -> dict[str, float]:
        """For JSON: the share, its interval, and of how many."""
        low, high = self.interval
        return {"right": round(self.value, 4), "from": round(low, 4), "to": round(high, 4), "of": self.count}
