"""One PostgreSQL cluster of our own: made by initdb, run as a child, reached over TCP and a socket with SCRAM."""

import os
import secrets
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from devstack.service_user import ServiceUser

SUPERUSER = "postgres"
_QUIET = {"log_min_error_statement": "panic", "log_error_verbosity": "terse"}  # values of rows stay out of the log
DURABLE = {
    "shared_buffers": "96MB",
    "max_connections": "120",
    "idle_in_transaction_session_timeout": "60s",
    **_QUIET,
}
# For tests: nothing of a test cluster need survive a crash of the machine.
THROWAWAY = {
    "shared_buffers": "64MB",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


class ClusterFailed(Exception):
    """initdb or the server said no; its log says why."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where a cluster lives: on the loopback's `port`, or, with `sockets` (a short path), on a socket there alone."""

    install: Path
    data: Path
    sockets: Path | None
    port: int
    user: ServiceUser
    password: str
    options: Mapping[str, str] = field(default_factory=lambda: DURABLE)

    def exists(self) -> bool:
        return (self.data / "PG_VERSION").is_file()

    def initialise(self) -> None:
        """Run initdb. The superuser's password goes through a file that only the server's user can read."""
        self.user.give(self.data)
        self._make_sockets()
        handed = self.data.parent / f".{secrets.token_hex(8)}"
        handed.touch(mode=0o600)
        handed.write_text(self.password + "\n", encoding="utf-8")
        if self.user.uid is not None and self.user.gid is not None:
            os.chown(handed, self.user.uid, self.user.gid)
        try:
            self._run_initdb(handed)
        finally:
            handed.unlink()

    def _run_initdb(self, password_file: Path) -> None:
        command: list[str | Path] = [self.install / "bin" / "initdb", "-D", self.data, "-U", SUPERUSER]
        command += ["--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C.UTF-8"]
        command += ["--no-instructions", "--no-sync"]
        done = subprocess.run(
            command, cwd="/", capture_output=True, text=True, check=False, **self.user.popen_options()
        )
        if done.returncode:
            raise ClusterFailed(f"initdb: {done.stderr.strip()}")

    def _make_sockets(self) -> None:
        if self.sockets:
            self.user.give(self.sockets)

    def command(self) -> list[str]:
        """What to run, as `user`, to serve the cluster in the foreground."""
        places = {"listen_addresses": "" if self.sockets else "127.0.0.1"}
        places["unix_socket_directories"] = str(self.sockets or "")
        settings = {**places, **self.options}
        program = [str(self.install / "bin" / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        return program + [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def start(self, log: Path) -> "subprocess.Popen[bytes]":
        """Start the server as a child of this process (tests; `make run` uses the supervisor) and wait for it."""
        self._make_sockets()
        with log.open("ab") as out:
            child = subprocess.Popen(
                self.command(), cwd="/", stdout=out, stderr=out, start_new_session=True, **self.user.popen_options()
            )
        self.wait_until_ready(child)
        return child

    def wait_until_ready(self, child: "subprocess.Popen[bytes] | None" = None, *, timeout_s: float = 30) -> None:
        give_up = time.monotonic() + timeout_s
        while not self.answers():
            if child is not None and child.poll() is not None:
                raise ClusterFailed(f"postgres ended with status {child.returncode}; see its log")
            if time.monotonic() > give_up:
                raise ClusterFailed(f"postgres didn't answer within {timeout_s:.0f} s; see its log")
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url(SUPERUSER, self.password, "postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def url(self, user: str, password: str, database: str) -> str:
        place = f":{self.port}" if self.sockets else f"127.0.0.1:{self.port}"
        host = f"?host={quote(str(self.sockets), safe='')}" if self.sockets else ""
        return f"postgresql://{user}:{quote(password, safe='')}@{place}/{database}{host}"


def stop(child: "subprocess.Popen[bytes]", *, timeout_s: float = 20) -> None:
    """Fast shutdown; an immediate one if that takes too long."""
    for with_signal in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if child.poll() is not None:
            return
        child.send_signal(with_signal)
        try:
            child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            continue
