"""`python -m devstack run|start|stop|status|with`: the local stack from the command line."""

import argparse
import os
import subprocess
import sys

from devstack import databases, postgres, process, stack, state, supervisor, valkey
from devstack.binaries import BinariesMissing
from devstack.layout import Layout

FAILURES = (
    databases.SetUpFailed,
    postgres.ClusterFailed,
    supervisor.PartFailed,
    valkey.ValkeyFailed,
    stack.PortTaken,
    state.AlreadyRunning,
    BinariesMissing,
    TimeoutError,
)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201  (a command's progress)


def main(arguments: list[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.do(Layout.of_environment(), asked) or 0)
    except FAILURES as failure:
        say(f"attune: {failure}")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devstack", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, do in (("run", _run), ("start", _start), ("stop", _stop), ("status", _status), ("with", _with)):
        command = commands.add_parser(name)
        command.set_defaults(do=do)
        if name in {"run", "start", "with"}:
            command.add_argument("--host", default=os.environ.get("HOST_ADDRESS") or "127.0.0.1")
            command.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        if name == "with":
            command.add_argument("command", nargs=argparse.REMAINDER)
    return parser


def _run(layout: Layout, asked: argparse.Namespace) -> None:
    stack.run(layout, host=asked.host, port=asked.port, say=say)


def _start(layout: Layout, asked: argparse.Namespace) -> None:
    known = stack.start(layout, host=asked.host, port=asked.port).known
    say(f"ready at {known.url}")


def _stop(layout: Layout, _: argparse.Namespace) -> None:
    ended = stack.stop(layout)
    say(f"{ended} processes ended" if ended else "nothing was running")


def _status(layout: Layout, _: argparse.Namespace) -> int:
    known = state.running(layout)
    if known is None:
        say("not running")
        return 1
    say(f"{known.stage} at {known.url}")
    for name, part in known.parts.items():
        say(f"  {name:<9} {'ready' if part.ready else 'not ready'}   pid {part.pid}, restarted {part.restarts} times")
    return 0


def _with(layout: Layout, asked: argparse.Namespace) -> int:
    """Run a command while the stack runs; what we started for it is stopped after it."""
    command = [part for part in asked.command if part != "--"]
    process.end_by_unwinding()
    with stack.around(layout, host=asked.host, port=asked.port):
        environment = stack.command_environment(os.environ, layout)
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
