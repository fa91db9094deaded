"""The whole local stack: servers, set-up, processes; in the foreground, detached, or around one command."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from devstack import databases, parts, ports, process, state
from devstack import servers as embedded
from devstack.layout import Layout, write_env
from devstack.supervisor import Supervisor

START_TIMEOUT_S = 180.0


class Started(NamedTuple):
    """A stack that is ready, and the supervisor's process, which is our child."""

    known: state.StackState
    supervisor: "subprocess.Popen[bytes]"


class PortTaken(Exception):
    """Someone else listens where the stack should."""


def run(layout: Layout, *, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises:
        AlreadyRunning, PortTaken, PartFailed, SetUpFailed, ClusterFailed: what stopped it; all is stopped again.
    """
    layout.make()
    with state.only_one(layout):
        end_leftovers(layout)
        if port and not ports.is_free(port):
            raise PortTaken(f"port {port} is taken; choose another with PORT=")
        chosen = port or ports.pick()
        supervisor = Supervisor(layout, f"http://127.0.0.1:{chosen}", say)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, supervisor.ask_to_stop)
        try:
            _serve(layout, supervisor, host, chosen, say)
        finally:
            supervisor.stop()


def _serve(layout: Layout, supervisor: Supervisor, host: str, port: int, say: Callable[[str], None]) -> None:
    environment = set_up(layout, supervisor)
    if supervisor.stopping:
        return
    environment["ATTUNE_BASE_URL"] = f"http://127.0.0.1:{port}"
    write_env(layout.stack_env, environment)
    whole = {**_inherited(), **environment, "ATTUNE_DB_POOL": "1"}
    supervisor.start(parts.app_parts(layout, whole, host=host, port=port), timeout_s=START_TIMEOUT_S)
    if not supervisor.stopping:
        supervisor.announce("ready")
        say(f"Attune serves at http://{host}:{port}   (logs: {layout.logs}; Ctrl-C stops all of it)")
        if not os.environ.get("ATTUNE_DETACHED"):
            say(demo_accounts(environment["ATTUNE_DEMO_PASSWORD"]))
        supervisor.watch()


def demo_accounts(password: str) -> str:
    names = ", ".join(f"{name}@demo.example" for name in ("patient", "provider", "admin", "outsider"))
    return f"Demonstration accounts, for demonstration data only: {names}; password {password}"


def _inherited() -> dict[str, str]:
    """Our environment without the owner's URL, which only migrations get."""
    return {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}


def set_up(layout: Layout, supervisor: Supervisor) -> dict[str, str]:
    """Servers, roles, databases, keys, migrations, demonstration accounts. Returns the app's environment."""
    embedded.move_taken_ports(layout)
    servers = embedded.choose(layout, os.environ)
    if servers.cluster and not servers.cluster.exists():
        servers.cluster.initialise()
    supervisor.start(parts.server_parts(servers))
    if supervisor.stopping:
        return {}
    databases.make_embedded(servers)
    embedded.make_kek(layout)
    environment = embedded.app_environment(layout, servers, os.environ)
    owner_url = embedded.owner_url(servers, os.environ)
    if owner_url:
        if "DATABASE_URL" not in environment:
            environment["DATABASE_URL"] = databases.make_app_role(servers, owner_url)
        databases.open_main(servers, owner_url)
        databases.migrate(layout, {**_inherited(), **environment}, owner_url)
    databases.seed(layout, {**_inherited(), **environment})
    return environment


def end_leftovers(layout: Layout) -> int:
    """End what a killed supervisor may have left. Returns how many processes that were."""
    old = state.load(layout)
    if old is None:
        return 0
    found = 0
    for name, part in reversed(old.parts.items()):
        how = signal.SIGINT if name == "postgres" else signal.SIGTERM
        found += process.end_all([process.Ending(part.pid, part.started, how, 10)])
    state.forget(layout)
    return found


def start(layout: Layout, *, host: str, port: int, environ: Mapping[str, str] | None = None) -> Started:
    """Start a supervisor in a session of its own and wait until the stack is ready.

    Raises:
        TimeoutError: it isn't, with the last thing that the supervisor said; nothing is left running.
    """
    layout.make()
    command = [sys.executable, "-m", "devstack", "run", "--host", host, "--port", str(port)]
    with (layout.logs / "supervisor.log").open("wb") as out:
        child = subprocess.Popen(
            command,
            env={**(os.environ if environ is None else environ), "ATTUNE_DETACHED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        return Started(_wait_until_ready(layout, child), child)
    except BaseException:
        child.terminate()
        child.wait()
        raise


def _wait_until_ready(layout: Layout, child: "subprocess.Popen[bytes]") -> state.StackState:
    """As long as the supervisor lives, which ends where a part doesn't start in time."""
    while child.poll() is None:
        known = state.running(layout)
        if known and known.pid == child.pid and known.stage == "ready":
            return known
        time.sleep(0.1)
    raise TimeoutError(_last_line((layout.logs / "supervisor.log").read_text(encoding="utf-8", errors="replace")))


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "the stack ended while starting"


def stop(layout: Layout) -> int:
    """Stop the supervisor and, were it gone, what it left. Returns how many processes ended."""
    known = state.running(layout)
    if known is None:
        return end_leftovers(layout)
    process.end_all([process.Ending(known.pid, known.started, signal.SIGTERM, 120)], groups=False)
    return 1 + len(known.parts) + end_leftovers(layout)


@contextmanager
def around(layout: Layout, *, host: str, port: int) -> Iterator[state.StackState]:
    """The running stack, or one that is started for this and stopped after."""
    known = state.running(layout)
    if known:
        yield state.wait_for_stage(layout, "ready", timeout_s=START_TIMEOUT_S)
        return
    known, supervisor = start(layout, host=host, port=port)
    try:
        yield known
    finally:
        stop(layout)
        supervisor.wait()


def command_environment(environ: Mapping[str, str], layout: Layout) -> dict[str, str]:
    """For a command run beside the stack: it finds the stack through var/stack.env."""
    return {**environ, "ATTUNE_VAR": str(layout.var)}
