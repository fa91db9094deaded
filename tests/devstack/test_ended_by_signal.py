"""A command that is ended by a signal still stops the stack that it started; with real processes and signals."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from devstack.layout import ROOT

HEARS_ALL = """
import signal

for one in (signal.SIGTERM, signal.SIGHUP):  # whoever tests under nohup has SIGHUP ignored, and children inherit that
    signal.signal(one, signal.SIG_DFL)
"""
WITH = """
import sys
from contextlib import contextmanager
from pathlib import Path
from devstack import __main__ as command, stack

@contextmanager
def around(*_, **__):  # says what it does in place of starting servers
    print("started", flush=True)
    try:
        yield
    finally:
        Path(sys.argv[1]).write_text("stopped")

stack.around = around
sys.exit(command.main(["with", "--", sys.executable, "-c", "import time; print('runs', flush=True); time.sleep(60)"]))
"""
BENCH = """
import sys, time
from pathlib import Path
from devstack.bench import __main__ as bench

def measure(*_):
    print("started", flush=True)
    try:
        print("runs", flush=True)
        time.sleep(60)
    finally:
        Path(mark).write_text("stopped")

mark, bench._measure = sys.argv.pop(), measure
sys.exit(bench.main())
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("script", [WITH, BENCH])
def test_a_command_that_is_ended_stops_the_stack_that_it_started(
    tmp_path: Path, script: str, how: signal.Signals
) -> None:
    mark = tmp_path / "mark"
    environ = {**os.environ, "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}", "ATTUNE_VAR": str(tmp_path)}
    command = [sys.executable, "-c", HEARS_ALL + script, str(mark)]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert [child.stdout.readline() for _ in range(2)] == ["started\n", "runs\n"]
        child.send_signal(how)
        assert child.wait(20) == 128 + how
    assert mark.read_text() == "stopped"
