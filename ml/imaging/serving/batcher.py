"""Which orders are painted together, and when: pure, told the time by its caller."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from ml.imaging.serving.limits import Limits


@dataclass(frozen=True, slots=True)
class Ticket:
    """An order that waits. Times in seconds of one monotonic clock.

    Attributes:
        key: what a batch has in common (model, size, steps, guidance).
        since: when the request was taken up, which may be before the order was made.
        begin_by: the last moment at which beginning to paint makes sense.
        memory: bytes that one more picture of this kind takes.
    """

    number: int
    key: Hashable
    since: float
    begin_by: float
    memory: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What left the queue: a batch to paint, empty if none is ripe, and those for which it is too late."""

    batch: tuple[Ticket, ...]
    lapsed: tuple[Ticket, ...]


@dataclass(slots=True)
class MicroBatcher:
    """Gathers orders of one key. The longest waiting goes first, so that no key waits for another one's crowd.

    A batch leaves when it is as large as it may be; when its first has waited for `window_s` and nobody else is
    announced; or when its first has waited for `patience_s`, whoever is announced. Not safe for threads.
    """

    limits: Limits
    budget: int
    """Bytes that the pictures of a batch may take together. One picture is always tried: the painter can be sparing."""
    announced: int = 0
    """How many more orders are known to be on their way."""
    _waiting: list[Ticket] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, ticket: Ticket) -> None:
        """Admit an order."""
        self._waiting.append(ticket)

    def cancel(self, number: int) -> bool:
        """Drop an order nobody waits for. False: it has left already."""
        before = len(self._waiting)
        self._waiting = [ticket for ticket in self._waiting if ticket.number != number]
        return len(self._waiting) < before

    def take(self, now: float) -> Taken:
        """What leaves now; each order leaves once."""
        lapsed = tuple(ticket for ticket in self._waiting if ticket.begin_by < now)
        batch = next((batch for batch in self._batches(now) if self._is_ripe(batch, now)), ())
        batch = batch[: self.limits.bucket(len(batch))]
        left = {ticket.number for ticket in (*lapsed, *batch)}
        self._waiting = [ticket for ticket in self._waiting if ticket.number not in left]
        return Taken(tuple(batch), lapsed)

    def wakes_at(self) -> float | None:
        """When something leaves at the latest if nothing else happens; None while nobody waits."""
        pause = self.limits.patience_s if self.announced else self.limits.window_s
        return min((min(ticket.since + pause, ticket.begin_by) for ticket in self._waiting), default=None)

    def _batches(self, now: float) -> list[Sequence[Ticket]]:
        """As many of each key as may be painted at once, in the order of those that have waited longest."""
        queues: dict[Hashable, list[Ticket]] = {}
        for ticket in sorted(self._waiting, key=lambda ticket: (ticket.since, ticket.number)):
            if ticket.begin_by >= now:
                queues.setdefault(ticket.key, []).append(ticket)
        return [queue[: self._most(queue[0])] for queue in queues.values()]

    def _most(self, head: Ticket) -> int:
        """How many such orders the buckets and memory allow; at least one."""
        fitting = self.budget // head.memory if head.memory else self.limits.largest
        return self.limits.bucket(max(1, fitting))

    def _is_ripe(self, batch: Sequence[Ticket], now: float) -> bool:
        pause = self.limits.patience_s if self.announced else self.limits.window_s
        return len(batch) == self._most(batch[0]) or now >= batch[0].since + pause
