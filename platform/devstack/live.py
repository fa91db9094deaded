"""A whole stack of a test's own, on its own var folder and ports, whose processes a test may kill, freeze and hold."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devstack import process, stack, state
from devstack.layout import ROOT, Layout, read_env

# What a test session says about its own servers must not reach the stack, which brings servers of its own.
_NOT_INHERITED = frozenset(
    {"DATABASE_URL", "DATABASE_OWNER_URL", "KEYS_DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
)


@dataclass(frozen=True, slots=True)
class LiveStack:
    """`env` is what a command run beside the stack needs, the demonstration accounts' password among it."""

    layout: Layout
    url: str
    env: dict[str, str]

    def part(self, name: str) -> state.PartState:
        known = state.running(self.layout)
        if known is None:
            raise RuntimeError("the stack isn't running")
        return known.parts[name]

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """Signal a part's process. The supervisor starts it again, unless it is held."""
        os.kill(self.part(name).pid, how)

    @contextmanager
    def without(self, name: str) -> Iterator[None]:
        """Kill a part and keep it down; afterwards wait until it serves again."""
        before = self.part(name)
        state.hold(self.layout, name)
        try:
            self.kill(name)
            self._wait(lambda: not process.is_running(before.pid, before.started), f"{name} to end")
            yield
        finally:
            state.release(self.layout, name)
        self.wait_until_back(name, before)

    def kill_and_wait(self, name: str) -> None:
        """Kill a part and wait until its successor serves."""
        before = self.part(name)
        self.kill(name)
        self.wait_until_back(name, before)

    def wait_until_back(self, name: str, before: state.PartState, *, timeout_s: float = 120) -> None:
        self._wait(lambda: self._is_back(name, before), f"{name} to serve again", timeout_s)

    def _is_back(self, name: str, before: state.PartState) -> bool:
        now = self.part(name)
        return (now.pid, now.started) != (before.pid, before.started) and now.ready

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """A part whose process neither answers nor ends. Its children go on: PostgreSQL serves who is connected."""
        self.kill(name, signal.SIGSTOP)
        try:
            yield
        finally:
            self.kill(name, signal.SIGCONT)

    def manage(self, *arguments: str, timeout_s: float = 120) -> "subprocess.CompletedProcess[str]":
        """Run a management command beside the stack."""
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=timeout_s, check=False)

    def log(self, name: str) -> str:
        return (self.layout.logs / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    @staticmethod
    def _wait(true: Callable[[], bool], what: str, timeout_s: float = 30) -> None:
        give_up = time.monotonic() + timeout_s
        while not true():
            if time.monotonic() > give_up:
                raise TimeoutError(f"waited {timeout_s:.0f} s for {what}")
            time.sleep(0.05)


@contextmanager
def live_stack(**settings: str) -> Iterator[LiveStack]:
    """Start a stack of its own; stop it and remove its folder afterwards. `settings` are environment variables."""
    folder = Path(tempfile.mkdtemp(prefix="attune-stack-"))
    folder.chmod(0o755)  # the database's user must get through
    layout = Layout(ROOT, folder)
    inherited = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    paths = os.pathsep.join([str(ROOT / "platform"), str(ROOT)])
    environ = {**inherited, "ATTUNE_VAR": str(folder), "PYTHONPATH": paths, **settings}
    try:
        known, supervisor = stack.start(layout, host="127.0.0.1", port=0, environ=environ)
        try:
            yield LiveStack(layout, known.url, {**environ, **read_env(layout.stack_env)})
        finally:
            stack.stop(layout)
            supervisor.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
