"""What a benchmark says: one number, its unit, what it was measured on, and the bar it should meet."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Measurement:
    """`bar` in the same unit; `higher_is_better` says on which side of it is good. None: nothing promised."""

    name: str
    value: float
    unit: str
    note: str = ""
    bar: float | None = None
    higher_is_better: bool = True

    @property
    def met(self) -> bool | None:
        if self.bar is None:
            return None
        return self.value >= self.bar if self.higher_is_better else self.value <= self.bar

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "met": self.met}


def table(part: str, rows: list[Measurement]) -> str:
    """The rows as text, aligned."""
    lines = [part]
    for row in rows:
        bar = "" if row.bar is None else f"  {'≥' if row.higher_is_better else '≤'} {row.bar:g}"
        verdict = {None: "", True: "  ok", False: "  MISSED"}[row.met]
        lines.append(f"  {row.name:<44} {row.value:>12,.1f} {row.unit:<10}{bar}{verdict}  {row.note}".rstrip())
    return "\n".join(lines)
