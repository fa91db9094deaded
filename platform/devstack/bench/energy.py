"""Joules that the machine has used, where it tells: processor packages by RAPL, NVIDIA's devices by their library."""

import ctypes
from pathlib import Path
from typing import Final

_POWERCAP: Final = Path("/sys/class/powercap")
_NVML: Final = "libnvidia-ml.so.1"


def joules(powercap: Path = _POWERCAP, nvml: str = _NVML) -> float | None:
    """Since some moment in the past, of all that tell: take the difference. None: nothing here tells.

    A package's counter begins anew after some hours at full power, which a difference then shows as negative.
    """
    told = [*_packages(powercap), *_devices(nvml)]
    return sum(told) if told else None


def _packages(powercap: Path) -> list[float]:
    """Of whole packages (`intel-rapl:0`; AMD's are named so too), whose parts are inside; readable by root alone."""
    told = []
    for counter in sorted(powercap.glob("intel-rapl:[0-9]*/energy_uj")):
        if counter.parent.name.count(":") != 1:
            continue
        try:
            told.append(int(counter.read_text(encoding="ascii")) / 1e6)
        except OSError:
            continue
    return told


def _devices(nvml: str) -> list[float]:
    """No NVIDIA device has run this here."""
    try:
        library = ctypes.CDLL(nvml)
    except OSError:
        return []
    if library.nvmlInit_v2():
        return []
    devices, told = ctypes.c_uint(), list[float]()
    library.nvmlDeviceGetCount_v2(ctypes.byref(devices))
    for number in range(devices.value):
        handle, millijoules = ctypes.c_void_p(), ctypes.c_ulonglong()
        library.nvmlDeviceGetHandleByIndex_v2(number, ctypes.byref(handle))
        if not library.nvmlDeviceGetTotalEnergyConsumption(handle, ctypes.byref(millijoules)):
            told.append(millijoules.value / 1000)
    library.nvmlShutdown()
    return told
