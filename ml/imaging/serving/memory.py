"""What a picture costs in memory on the device that paints, measured; and what is free there. In bytes."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import torch

from ml.imaging.production.device import numbered

_KIB: Final = 1024
_CGROUP: Final = Path("/sys/fs/cgroup")


def measure(paint: Callable[[], object], device: str) -> int:
    """The most that painting once takes beyond what is held before."""
    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats(device)
        before = int(torch.cuda.memory_allocated(device))
        paint()
        return max(0, int(torch.cuda.max_memory_allocated(device)) - before)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forgets the process's peak
    before = _own("VmRSS")
    paint()
    return max(0, _own("VmHWM") - before)


def free(device: str) -> int:
    """What this process may still take of the device; of main memory, what the machine and the control group leave."""
    if device.startswith("cuda"):
        return _free_on(numbered(device))
    available = _line(Path("/proc/meminfo"), "MemAvailable")
    try:
        most = int((_CGROUP / "memory.max").read_text(encoding="ascii"))
        return min(available, most - int((_CGROUP / "memory.current").read_text(encoding="ascii")))
    except (OSError, ValueError):  # no control group, or "max"
        return available


def _free_on(card: torch.device) -> int:
    """What the card has left, and of a share of it that was set, no more than is left of that."""
    left, total = torch.cuda.mem_get_info(card)
    held = torch.cuda.memory_allocated(card)
    idle = torch.cuda.memory_reserved(card) - held
    share = int(torch.cuda.get_per_process_memory_fraction(card) * total)
    return int(min(left + idle, share - held))


def _own(name: str) -> int:
    return _line(Path("/proc/self/status"), name)


def _line(file: Path, name: str) -> int:
    lines = file.read_text(encoding="ascii", errors="replace").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) * _KIB
