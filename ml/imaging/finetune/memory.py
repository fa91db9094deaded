"""The most memory that a piece of work held: the device's where there is one, else this process's."""

import ctypes
import ctypes.util
import gc
from collections.abc import Callable
from pathlib import Path

import torch

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def start_watching(device: str) -> None:
    """Forget earlier peaks; what is held now still counts."""
    gc.collect()
    if device.startswith("cuda"):
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)
        return
    name = ctypes.util.find_library("c")
    if name is not None:
        trim = getattr(ctypes.CDLL(name), "malloc_trim", None)
        if trim is not None:
            trim(0)  # else what was freed would still count as held
    if _RESET.exists():
        _RESET.write_text("5")  # proc(5): resets the peak resident set size


def peak_bytes(device: str) -> int | None:
    """Since `start_watching`: bytes that torch held on a GPU, or this process's resident set; None off Linux."""
    if device.startswith("cuda"):
        return int(torch.cuda.max_memory_allocated(device))
    if not _RESET.exists():
        return None
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def peak_of(work: Callable[[], object], device: str) -> int | None:
    """Peak bytes while `work` runs; None where it does not fit, or where nothing tells."""
    start_watching(device)
    try:
        work()
    except torch.OutOfMemoryError:
        return None
    return peak_bytes(device)
