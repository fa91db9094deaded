"""A device has one process: the worker that loads networks there holds a lock on it for life. Free of torch."""

import os
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Final

_HELD: Final[dict[Path, int]] = {}
"""Descriptors, open for the process's life: the system lets go of the lock when the process ends, however it ends."""


class DeviceTaken(Exception):
    """Another process on this machine has loaded networks there. Stop it, or name another device."""


def hold_own() -> None:
    """Take the device that the settings give this process, if any, before anything is loaded; raises as `hold`."""
    from django.conf import settings

    devices = {"frames": settings.ATTUNE_FRAMES_DEVICE, "images": settings.ATTUNE_PAINTER_DEVICE}
    hold(devices.get(settings.ATTUNE_PROCESS, "cpu"), Path(settings.ATTUNE_VAR) / "run")


def hold(device: str, folder: Path) -> None:
    """Take `device`, torch's name of it, for this process; all of one machine have to share `folder`.

    A processor is nobody's own. Asking again for what this process holds changes nothing.

    Raises:
        DeviceTaken: retrying helps only once the other has ended.
        OSError: the folder cannot be written.
    """
    lock = folder / f"device-{_physical(device).replace(':', '-')}.lock"
    if device.partition(":")[0] == "cpu" or lock in _HELD:
        return
    folder.mkdir(parents=True, exist_ok=True)
    file = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        flock(file, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        owner = os.pread(file, 20, 0).decode("ascii").strip()
        os.close(file)
        raise DeviceTaken(f"{device} is taken by process {owner}: one process a device") from None
    os.ftruncate(file, 0)
    os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
    _HELD[lock] = file


def _physical(device: str) -> str:
    """cuda alone is its first; CUDA_VISIBLE_DEVICES may have given each process a numbering of its own."""
    kind, _, number = device.partition(":")
    if kind != "cuda":
        return device
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")
    place = int(number or 0)
    return f"cuda:{visible[place].strip() if visible != [''] and place < len(visible) else place}"
