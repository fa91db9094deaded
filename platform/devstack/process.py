"""Child processes that live in sessions of their own and die with us, and processes known by id and start time."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_ENDS = (signal.SIGTERM, signal.SIGHUP)
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the stack.

    `ready` says whether it serves; None means: as soon as it runs. Parts of the highest `rank` are stopped first, those
    of one rank together. A part that `bounds_itself` is waited for as long as it lives: it gives up by itself.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str]
    rank: int
    ready: Callable[[], bool] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout_s: float = 10.0
    niceness: int = 0
    bounds_itself: bool = False
    popen_options: Mapping[str, Any] = field(default_factory=dict)
    cwd: Path | None = None
    mark: Path | None = None  # the file by which the process says that it serves; removed before each start


def _tied_to_parent(parent: int, niceness: int, death_signal: signal.Signals) -> Callable[[], None]:
    def tie() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if niceness:
            os.nice(niceness)
            # Where the kernel groups by session, nice counts only inside a group; the group has a nice of its own.
            with suppress(OSError):
                Path("/proc/self/autogroup").write_text(str(niceness), encoding="ascii")
        if os.getppid() != parent:  # it died before the tie was made
            os.kill(os.getpid(), signal.SIGKILL)

    return tie


def spawn(part: Part, log: Path) -> "subprocess.Popen[bytes]":
    """Start the part in a session of its own (Ctrl-C must not reach it before us), its output going to the log."""
    if part.mark:
        part.mark.unlink(missing_ok=True)
    tie = _tied_to_parent(os.getpid(), part.niceness, part.stop_signal)
    with log.open("ab") as out:
        return subprocess.Popen(
            part.command,
            env=dict(part.environment),
            cwd=part.cwd or "/",
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            preexec_fn=tie,  # noqa: PLW1509  (the supervisor has one thread)
            **part.popen_options,
        )


def end_by_unwinding() -> None:
    """SIGTERM and SIGHUP end this process by SystemExit(128 + signal), so that what stands in `finally` is done.

    Once: a second one does not break that off. What the parent had ignored, as nohup does, stays ignored.
    """

    def unwind(number: int, _: object) -> None:
        for one in _ENDS:
            signal.signal(one, signal.SIG_IGN)
        raise SystemExit(128 + number)

    for one in _ENDS:
        if signal.getsignal(one) is not signal.SIG_IGN:
            signal.signal(one, unwind)


def started_at(pid: int) -> int | None:
    """When the process started, in clock ticks since boot: with the id, it names a process for good. None: gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    after_name = stat.rpartition(")")[2].split()
    return None if after_name[0] in {"Z", "X"} else int(after_name[19])


def is_running(pid: int, started: int) -> bool:
    return started_at(pid) == started


def end_all(ending: Iterable["Ending"], *, groups: bool = True) -> int:
    """Signal each process, wait for all of them, then kill what is left of their sessions. Returns how many lived."""
    living = [one for one in ending if is_running(one.pid, one.started)]
    for one in living:
        with suppress(ProcessLookupError):
            os.kill(one.pid, one.signal)
    begun = time.monotonic()
    for one in living:
        while is_running(one.pid, one.started) and time.monotonic() < begun + one.timeout_s:
            time.sleep(0.02)
        if groups:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(one.pid, signal.SIGKILL)
    return len(living)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process is asked to end, and how long it may take."""

    pid: int
    started: int
    signal: signal.Signals
    timeout_s: float
