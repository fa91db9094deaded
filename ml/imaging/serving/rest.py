"""How long a painter that does not load is left alone: pure, told the time by its caller."""

from dataclasses import dataclass
from typing import Final

FIRST_S: Final = 5.0
LONGEST_S: Final = 300.0


@dataclass(slots=True)
class Rest:
    """After each start in vain, twice as long as before; a start that succeeds forgets it."""

    code: str = ""
    until: float = 0.0
    _pause_s: float = FIRST_S

    def failed(self, code: str, now: float) -> None:
        """It did not load."""
        self.code, self.until = code, now + self._pause_s
        self._pause_s = min(2 * self._pause_s, LONGEST_S)

    def over(self) -> None:
        """It loaded."""
        self.code, self.until, self._pause_s = "", 0.0, FIRST_S

    def holds(self, now: float) -> bool:
        """Whether it is not worth trying yet."""
        return now < self.until
