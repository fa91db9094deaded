"""What a benchmark says: one number, its unit, what it was measured on, the bar it should meet; and how to take it."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")


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


def percentiles(
    name: str, took_ms: list[float], note: str = "", *, p50: float | None = None, p95: float | None = None
) -> list[Measurement]:
    """Median and 95th percentile of milliseconds; `p50` and `p95` are their bars."""
    ordered = sorted(took_ms)
    return [
        Measurement(f"{name}, {label}", ordered[int(share * len(ordered))], "ms", note, bar, higher_is_better=False)
        for label, share, bar in (("p50", 0.5, p50), ("p95", 0.95, p95))
    ]


def timed(work: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> tuple[_R, float]:
    """What the work gives, and the milliseconds it took."""
    began = time.perf_counter()
    result = work(*args, **kwargs)
    return result, (time.perf_counter() - began) * 1000


def alone(work: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """Do it in a fresh process on one thread, so that its memory is its own and its settings touch nobody else."""
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=_on_one_thread) as process:
        return process.submit(work, *args, **kwargs).result()


def _on_one_thread() -> None:
    """Before numpy, OpenCV and torch are imported: they read it once."""
    os.environ.update(dict.fromkeys(_THREADS, "1"))


def peak_mib() -> float:
    """The most memory that this process has held at once."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
