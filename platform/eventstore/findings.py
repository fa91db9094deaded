"""What verification found."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it was recorded, and where. The kinds stand in `checking_*`, each beside its check."""

    kind: str
    stream: str | None
    version: int | None
    position: int | None
    detail: str


@dataclass(slots=True)
class Report:
    """Counts of what was checked and all problems; `events` includes the access trail, whose share is `audit`."""

    events: int = 0
    audit: int = 0
    blobs: int = 0
    erased: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        counts = {"ok": self.ok, "events": self.events, "audit": self.audit, "blobs": self.blobs, "erased": self.erased}
        return counts | {"problems": [asdict(problem) for problem in self.problems]}

    def lines(self) -> Iterator[str]:
        """For people: a line a problem, then the sum."""
        for problem in self.problems:
            where = f"{problem.stream or 'log'} version {problem.version} position {problem.position}"
            yield f"{problem.kind}: {where}: {problem.detail}"
        verdict = "intact" if self.ok else f"{len(self.problems)} problems"
        yield f"{self.events} events ({self.audit} audit, {self.erased} erased), {self.blobs} blobs: {verdict}"
