"""How much a client may send. Pure: the time comes in, in seconds of any steady clock."""

from dataclasses import dataclass, field

from apps.sessions.pacing import MOST_UNANSWERED


@dataclass(slots=True)
class Bucket:
    """Tokens that refill: ``size`` at once, ``rate`` a second in the long run."""

    size: float
    rate: float
    level: float = field(init=False)
    at: float | None = None

    def __post_init__(self) -> None:
        self.level = self.size

    def take(self, now: float) -> bool:
        """Take one; False when there is none, and then nothing is taken."""
        if self.at is not None:
            self.level = min(self.size, self.level + max(0.0, now - self.at) * self.rate)
        self.at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


@dataclass(slots=True)
class Window:
    """The frames that stand unanswered, oldest first.

    Two may stand. A client that counts differently for a moment (an answer crossed its frame) is forgiven a few; one
    that ignores the window runs out of forgiveness within a second.
    """

    forgiven: Bucket = field(default_factory=lambda: Bucket(size=4, rate=1))
    sent: dict[int, float] = field(default_factory=dict)  # sequence → when it came

    def admit(self, sequence: int, now: float) -> bool:
        """Count a frame in; False when the client sends too fast."""
        if len(self.sent) >= MOST_UNANSWERED and not self.forgiven.take(now):
            return False
        self.sent[sequence] = now
        return True

    def answer(self, sequence: int) -> tuple[float | None, int]:
        """Answer every frame up to ``sequence``: when that one came, and how many before it were passed over."""
        answered = [number for number in self.sent if number <= sequence]
        times = {number: self.sent.pop(number) for number in answered}
        came = times.get(sequence)
        return came, len(answered) - (came is not None)

    def overdue(self, now: float, patience: float) -> int | None:
        """The newest frame that has waited longer than ``patience`` seconds, if any."""
        late = [sequence for sequence, came in self.sent.items() if now - came > patience]
        return max(late, default=None)
