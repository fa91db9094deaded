"""How a profile wants its model to run, and what of it a device can do. Knows no torch: pure rules, so that the same
wish says the same on a machine without the device."""

from dataclasses import dataclass
from typing import Final

_NO_BFLOAT16_BELOW: Final = (8, 0)
"""Compute capability (Ampere); older cards only emulate bfloat16."""
_NO_TRITON_BELOW: Final = (7, 0)
"""Compute capability (Volta), from which torch.compile's kernels run."""
DTYPES: Final = ("float32", "float16", "bfloat16")


@dataclass(frozen=True, slots=True)
class Acceleration:
    """A profile's wish.

    Attributes:
        dtype: one of `DTYPES`, where it is not a processor that paints: that always does in float32.
        compile: UNet and decoder through torch.compile, once for each of `buckets`.
        buckets: the batch sizes that are compiled beforehand, ascending; the painter cuts batches into these.
        int8: linear layers' weights in int8, by torchao where it is installed.
        onnx: on a processor, all three networks in ONNX Runtime. What is done to the pipeline's modules later has no
            effect then (adapters, attention in slices).
        memory_gib: the most that this process may take of a GPU's memory; 0: no limit.
    """

    dtype: str = "float32"
    channels_last: bool = False
    compile: bool = False
    buckets: tuple[int, ...] = (1, 2, 4, 8)
    vae_tiling: bool = False
    vae_slicing: bool = False
    int8: bool = False
    onnx: bool = False
    memory_gib: float = 0.0


@dataclass(frozen=True, slots=True)
class Device:
    """What counts of a device.

    Attributes:
        kind: torch's word: "cpu", "cuda", "mps" …
        memory_gib: its own memory; 0 where that is not known.
        capability: CUDA's compute capability, (0, 0) elsewhere.
        torchao: whether torchao is installed beside it.
    """

    kind: str
    memory_gib: float = 0.0
    capability: tuple[int, int] = (0, 0)
    torchao: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What is applied.

    Attributes:
        memory_share: of the GPU's memory, in (0, 1]; None: no limit.
        left_out: a line for each wish that was not granted, and why.
    """

    dtype: str
    channels_last: bool
    compile: bool
    buckets: tuple[int, ...]
    vae_tiling: bool
    vae_slicing: bool
    int8: bool
    onnx: bool
    memory_share: float | None
    left_out: tuple[str, ...]


def planned(wish: Acceleration, device: Device) -> Plan:
    """What of the wish this device can do. Never raises: what cannot be had is left out, and said."""
    out: list[str] = []
    dtype, compiled, onnx = _dtype(wish, device, out), _compiled(wish, device, out), _onnx(wish, device, out)
    if wish.int8 and not device.torchao:
        out.append("int8: torchao is not installed")
    int8, share = wish.int8 and device.torchao, _share(wish, device, out)
    if onnx and (compiled or int8):
        out.append("compile, int8: ONNX Runtime has the networks")
    return Plan(
        dtype, wish.channels_last, compiled and not onnx, wish.buckets, wish.vae_tiling, wish.vae_slicing,
        int8 and not onnx, onnx, share, tuple(out),
    )  # fmt: skip


def _dtype(wish: Acceleration, device: Device, out: list[str]) -> str:
    if device.kind == "cpu":
        return "float32"
    if wish.dtype == "bfloat16" and device.kind == "cuda" and device.capability < _NO_BFLOAT16_BELOW:
        out.append("bfloat16: this GPU only emulates it; float16 instead")
        return "float16"
    return wish.dtype


def _compiled(wish: Acceleration, device: Device, out: list[str]) -> bool:
    if wish.compile and device.kind == "cuda" and device.capability < _NO_TRITON_BELOW:
        out.append("compile: this GPU is too old for Triton's kernels")
        return False
    return wish.compile


def _onnx(wish: Acceleration, device: Device, out: list[str]) -> bool:
    if wish.onnx and device.kind != "cpu":
        out.append(f"onnx: only on a processor; torch runs the networks on {device.kind}")
        return False
    return wish.onnx


def _share(wish: Acceleration, device: Device, out: list[str]) -> float | None:
    if not wish.memory_gib:
        return None
    if device.kind != "cuda":
        out.append(f"memory_gib: {device.kind} has no memory of its own that torch could limit")
        return None
    return min(1.0, wish.memory_gib / device.memory_gib)
