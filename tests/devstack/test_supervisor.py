"""The supervisor's laws, with real processes that do nothing but live."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack import process, stack, state
from devstack.layout import Layout
from devstack.process import Part
from devstack.supervisor import PartFailed, Supervisor

ENV = {"PATH": os.environ["PATH"]}
LOUD = "trap 'echo {name} >> {journal}; exit 0' TERM; echo up; while :; do sleep 0.02; done"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(tmp_path, tmp_path / "var")
    made.make()
    return made


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(layout: Layout, said: list[str]) -> Iterator[Supervisor]:
    made = Supervisor(layout, "http://here", said.append)
    yield made
    made.stop()


def part(name: str, script: str, rank: int = 0, **more: object) -> Part:
    return Part(name, ["/bin/sh", "-c", script], ENV, rank, **more)  # type: ignore[arg-type]


def pid_of(layout: Layout, name: str) -> int:
    known = state.load(layout)
    assert known is not None
    return known.parts[name].pid


def is_alive(pid: int) -> bool:
    return process.started_at(pid) is not None


def wait_until(true: object, timeout_s: float = 10) -> None:
    give_up = time.monotonic() + timeout_s
    while not true():  # type: ignore[operator]
        assert time.monotonic() < give_up, "it never came about"
        time.sleep(0.02)


def watch_in_background(supervisor: Supervisor) -> threading.Thread:
    thread = threading.Thread(target=supervisor.watch)
    thread.start()
    return thread


def test_what_ends_is_started_again_after_a_growing_pause(supervisor: Supervisor, layout: Layout) -> None:
    supervisor.start([part("web", "sleep 60")])
    watching = watch_in_background(supervisor)
    try:
        for restarts in (1, 2):
            before = pid_of(layout, "web")
            os.kill(before, signal.SIGKILL)
            wait_until(lambda: state.load(layout).parts["web"].restarts == restarts)  # type: ignore[union-attr]  # noqa: B023
            wait_until(lambda: is_alive(pid_of(layout, "web")))
    finally:
        supervisor.ask_to_stop()
        watching.join()


def test_the_pause_before_a_restart_doubles(supervisor: Supervisor, said: list[str]) -> None:
    supervisor.start([part("web", "sleep 0.3; exit 3")])
    watching = watch_in_background(supervisor)
    wait_until(lambda: len([line for line in said if "again in" in line]) == 3)
    supervisor.ask_to_stop()
    watching.join()
    pauses = [float(line.rpartition(" in ")[2].split()[0]) for line in said if "again in" in line]
    assert pauses == [0.5, 1.0, 2.0]


def test_ranks_stop_from_the_last_to_the_first(supervisor: Supervisor, layout: Layout, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    names = {"database": 0, "sealer": 1, "worker": 2, "web": 3}
    supervisor.start(
        [
            part(name, LOUD.format(name=name, journal=journal), rank, ready=says_up(layout, name))
            for name, rank in names.items()
        ]
    )
    supervisor.stop()
    assert journal.read_text().split() == ["web", "worker", "sealer", "database"]


def says_up(layout: Layout, name: str) -> object:
    return lambda: "up" in (layout.logs / f"{name}.log").read_text()


def test_a_part_that_ends_while_starting_fails_the_start(supervisor: Supervisor, said: list[str]) -> None:
    with pytest.raises(PartFailed, match=r"web ended with status 7; see .*web\.log"):
        supervisor.start([part("web", "exit 7", ready=lambda: False)])


def test_a_part_that_never_serves_fails_the_start(supervisor: Supervisor) -> None:
    with pytest.raises(PartFailed, match="didn't serve in time"):
        supervisor.start([part("web", "sleep 60", ready=lambda: False)], timeout_s=0.3)


def test_a_part_that_bounds_itself_is_waited_for_as_long_as_it_lives(supervisor: Supervisor, tmp_path: Path) -> None:
    mark = tmp_path / "there"
    supervisor.start(
        [part("painter", f"sleep 0.5; touch {mark}; sleep 60", ready=mark.exists, bounds_itself=True)], timeout_s=0.1
    )
    with pytest.raises(PartFailed, match="ended with status 3"):
        supervisor.start([part("other", "sleep 0.3; exit 3", ready=lambda: False, bounds_itself=True)], timeout_s=0.1)


def test_a_part_that_ignores_the_signal_is_killed_with_its_children(supervisor: Supervisor, layout: Layout) -> None:
    script = "trap '' TERM; sleep 61 & echo $! > child; echo up; wait; sleep 60"
    stubborn = part("web", script, ready=says_up(layout, "web"), stop_timeout_s=0.3, cwd=layout.run)
    supervisor.start([stubborn])
    child = int((layout.run / "child").read_text())
    supervisor.stop()
    wait_until(lambda: not is_alive(child))


def test_nothing_survives_a_supervisor_that_is_killed(layout: Layout, tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from devstack.layout import Layout;"
        "from devstack.supervisor import Supervisor; from devstack.process import Part;"
        f"layout = Layout(Path({str(layout.root)!r}), Path({str(layout.var)!r}));"
        "s = Supervisor(layout, 'x', print);"
        "s.start([Part('web', ['/bin/sleep', '60'], {}, 0)]); time.sleep(60)"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    killed = subprocess.Popen([sys.executable, "-c", script], env=env)
    wait_until(lambda: (known := state.load(layout)) is not None and "web" in known.parts)
    child = pid_of(layout, "web")
    killed.kill()
    killed.wait()
    wait_until(lambda: not is_alive(child))


def test_leftovers_are_ended_and_strangers_spared(layout: Layout) -> None:
    left, stranger = (subprocess.Popen(["/bin/sleep", "60"], start_new_session=True) for _ in range(2))
    known = state.StackState(pid=2**22, started=1, url="")
    known.parts["web"] = state.PartState(left.pid, process.started_at(left.pid) or 0, ready=True, restarts=0)
    known.parts["clock"] = state.PartState(stranger.pid, 1, ready=True, restarts=0)  # the same id, born at another time
    state.save(layout, known)
    assert stack.end_leftovers(layout) == 1
    assert left.wait(5) != 0
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_only_one_supervisor_holds_a_stack(layout: Layout) -> None:
    with state.only_one(layout), pytest.raises(state.AlreadyRunning), state.only_one(layout):
        pass


def test_a_stack_of_nobody_is_not_running(layout: Layout) -> None:
    assert state.running(layout) is None
    state.save(layout, state.StackState(pid=2**22, started=1, url=""))
    assert state.running(layout) is None
