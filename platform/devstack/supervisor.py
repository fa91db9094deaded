"""Keeps the parts running: waits until each serves, restarts what ends, stops all in the right order."""

import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from devstack import process, state
from devstack.layout import Layout
from devstack.process import Part

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
_STEADY_S = 60.0
_POLL_S = 0.1
_LOG_LIMIT = 10 * 1024 * 1024


class PartFailed(Exception):
    """A part ended, or didn't serve in time, while the stack was starting."""


@dataclass(slots=True)
class _Running:
    part: Part
    child: "subprocess.Popen[bytes]"
    since: float
    ready: bool = False
    restarts: int = 0
    pause_s: float = _FIRST_PAUSE_S
    again_at: float | None = None


class Supervisor:
    """One of them holds a stack (`state.only_one`). `say` prints a line for the person who started it."""

    def __init__(self, layout: Layout, url: str, say: Callable[[str], None]) -> None:
        self._layout = layout
        self._say = say
        self._state = state.StackState.of_this_process(url)
        self._running: list[_Running] = []
        self.stopping = False

    def ask_to_stop(self, *_: object) -> None:
        """Also the handler of SIGINT and SIGTERM."""
        self.stopping = True

    def start(self, parts: Iterable[Part], *, timeout_s: float = 120) -> None:
        """Start the parts, then wait until all of them serve.

        Raises:
            PartFailed: one of them didn't; its log says why.
        """
        fresh = [self._spawn(part) for part in parts]
        self._running += fresh
        self._publish()
        give_up = time.monotonic() + timeout_s
        while not self.stopping and not all(one.ready for one in fresh):
            for one in fresh:
                self._check_starting(one, late=time.monotonic() > give_up)
            time.sleep(_POLL_S)

    def _spawn(self, part: Part) -> _Running:
        log = self._layout.logs / f"{part.name}.log"
        if log.exists() and log.stat().st_size > _LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        log.touch(mode=0o600)
        return _Running(part, process.spawn(part, log), time.monotonic())

    def _check_starting(self, one: _Running, *, late: bool) -> None:
        log = self._layout.logs / f"{one.part.name}.log"
        if one.child.poll() is not None:
            raise PartFailed(f"{one.part.name} ended with status {one.child.returncode}; see {log}")
        if not one.ready and self._serves(one):
            self._say(f"  {one.part.name:<9} {time.monotonic() - one.since:5.1f} s   {log}")
            self._publish()
        if late and not one.ready and not one.part.bounds_itself:
            raise PartFailed(f"{one.part.name} didn't serve in time; see {log}")

    def _serves(self, one: _Running) -> bool:
        one.ready = one.part.ready is None or one.part.ready()
        return one.ready

    def announce(self, stage: str) -> None:
        self._state.stage = stage
        self._publish()

    def watch(self) -> None:
        """Until asked to stop: restart what ended, after a pause that doubles each time."""
        while not self.stopping:
            for one in self._running:
                self._look_after(one)
            time.sleep(_POLL_S)

    def _look_after(self, one: _Running) -> None:
        now = time.monotonic()
        if one.again_at is not None:
            self._restart_when_due(one, now)
        elif one.child.poll() is not None:
            one.pause_s = _FIRST_PAUSE_S if now - one.since > _STEADY_S else one.pause_s
            one.again_at = now + one.pause_s
            self._say(f"{one.part.name} ended with status {one.child.returncode}; again in {one.pause_s:.1f} s")
            one.ready = False
            self._publish()
        elif not one.ready and self._serves(one):
            self._publish()

    def _restart_when_due(self, one: _Running, now: float) -> None:
        if one.again_at is None or now < one.again_at or state.is_held(self._layout, one.part.name):
            return
        fresh = self._spawn(one.part)
        one.child, one.since, one.again_at = fresh.child, fresh.since, None
        one.restarts += 1
        one.pause_s = min(one.pause_s * 2, _LONGEST_PAUSE_S)
        self._publish()

    def stop(self) -> None:
        """Web first, databases last, so that whatever is under way can still be written down."""
        self.announce("stopping")
        for rank in sorted({one.part.rank for one in self._running}, reverse=True):
            ending = [one for one in self._running if one.part.rank == rank]
            process.end_all(_ending(one) for one in ending)
            for one in ending:
                one.child.wait()
                self._running.remove(one)
            self._publish()
        state.forget(self._layout)

    def _publish(self) -> None:
        self._state.parts = {
            one.part.name: state.PartState(
                one.child.pid, process.started_at(one.child.pid) or 0, one.ready, one.restarts
            )
            for one in self._running
        }
        state.save(self._layout, self._state)


def _ending(one: _Running) -> process.Ending:
    born = process.started_at(one.child.pid) or -1
    return process.Ending(one.child.pid, born, one.part.stop_signal, one.part.stop_timeout_s)
