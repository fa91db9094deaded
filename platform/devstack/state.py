"""What runs now, kept in var/run/stack.json for `stop`, `status` and whoever waits for the stack."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from fcntl import LOCK_EX, LOCK_NB, flock

from devstack.layout import Layout, write_private
from devstack.process import is_running, started_at


class AlreadyRunning(Exception):
    """Another supervisor holds this stack."""


@dataclass(slots=True)
class PartState:
    pid: int
    started: int
    ready: bool
    restarts: int


@dataclass(slots=True)
class StackState:
    """`stage` is starting, ready or stopping."""

    pid: int
    started: int
    url: str
    stage: str = "starting"
    parts: dict[str, PartState] = field(default_factory=dict)

    @classmethod
    def of_this_process(cls, url: str) -> "StackState":
        return cls(os.getpid(), started_at(os.getpid()) or 0, url)


def save(layout: Layout, state: StackState) -> None:
    write_private(layout.run / "stack.json", json.dumps(asdict(state), indent=1))


def load(layout: Layout) -> StackState | None:
    try:
        known = json.loads((layout.run / "stack.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    parts = {name: PartState(**part) for name, part in known.pop("parts").items()}
    return StackState(parts=parts, **known)


def forget(layout: Layout) -> None:
    (layout.run / "stack.json").unlink(missing_ok=True)


def running(layout: Layout) -> StackState | None:
    """The stack's state if its supervisor lives."""
    state = load(layout)
    return state if state and is_running(state.pid, state.started) else None


def hold(layout: Layout, part: str) -> None:
    """Let a part that ends stay down until `release`: for trying what the rest does without it."""
    (layout.run / f"{part}.held").touch()


def release(layout: Layout, part: str) -> None:
    (layout.run / f"{part}.held").unlink(missing_ok=True)


def is_held(layout: Layout, part: str) -> bool:
    return (layout.run / f"{part}.held").exists()


@contextmanager
def only_one(layout: Layout) -> Iterator[None]:
    """Hold the stack; the kernel lets go of it when we die, however."""
    with (layout.run / "lock").open("a") as file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except OSError as held:
            raise AlreadyRunning("the stack is running already; `make stop` ends it") from held
        yield


def wait_for_stage(layout: Layout, stage: str, *, timeout_s: float) -> StackState:
    """Wait until the supervisor has got there.

    Raises:
        TimeoutError: it did not, or it ended; its log says why.
    """
    give_up = time.monotonic() + timeout_s
    while time.monotonic() < give_up:
        state = running(layout)
        if state and state.stage == stage:
            return state
        time.sleep(0.1)
    raise TimeoutError(f"the stack wasn't {stage} within {timeout_s:.0f} s; see {layout.logs}/supervisor.log")
